/** `not-executed`: it never ran. `rolled-back`: it was undone. `unknown`: it may have committed. `ran`: it did. */
export type Outcome = 'not-executed' | 'rolled-back' | 'unknown' | 'ran';

/** Words by which an error is known, whatever driver says them. */
export interface Signature {
  family: string;
  /** Who says it. */
  by: string;
  pattern: RegExp;
  /** A real message, as docs/errors.md shows it; a test feeds every one back to the classifier. */
  example: string;
  /** Where it differs from the family's. */
  outcome?: Outcome;
  /** Said only of this message. */
  note?: string;
}
