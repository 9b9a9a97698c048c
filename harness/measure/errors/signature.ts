/** `not-executed`: it never ran. `rolled-back`: it was undone. `unknown`: it may have committed. `ran`: it did. */
export type Outcome = 'not-executed' | 'rolled-back' | 'unknown' | 'ran';

/** Words by which an error is known, whatever driver says them. */
export interface Signature {
  family: string;
  /** The program that says it. */
  by: string;
  pattern: RegExp;
  /** A real message, as docs/errors.md shows it; a test feeds every one back to the classifier. */
  example: string;
  /** Where it differs from the family's. */
  outcome?: Outcome;
  /** What the outcome means here, where the usual words would say too much. */
  outcomeWords?: string;
  /** What is to be said of this message only. */
  note?: string;
  /** Words of the network, the same for every system that is dialled: who it was stands beside them. */
  ofAnySystem?: true;
  /** Causes and next step that replace the family's, where this message tells more. */
  causes?: readonly string[];
  nextStep?: string;
}

/** The words as a whole message, behind any class name, but not as the end of a longer sentence. */
export const whole = (words: string): RegExp => new RegExp(`(?:^|[:)\\]] )${words}\\.?\\s*$`, 'i');
