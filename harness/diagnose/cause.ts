/** What a cause is to the engine: one file under `harness/diagnose/causes/`, its id the file's name. */
import type { Evidence } from '../result.ts';
import type { Finding } from '../diagnosis.ts';
import type { Seen } from './seen/seen.ts';

/** What it did, as far as it can be told. */
interface Harm {
  /** Requests that failed by it. Null: not known; then what no other cause explains is put down to it. */
  failed?: number | null;
  secondsWaited?: number | null;
}

/** That a cause was seen, with all that there is to say of it. */
export interface Sighting {
  kind?: string;
  /** Its own, where the cause's says too much or too little. */
  title?: string;
  /** Subject first, with the evidence; no full stop. */
  sentence: string;
  number: string;
  evidence: Evidence[];
  against?: string[];
  remedy: Finding['remedy'];
  harm: Harm;
  /** Its own, where they differ from the cause's. */
  falseFriends?: string[];
  /** These only, where it does not explain all that the cause may. */
  explains?: readonly string[];
  /** The run did it on purpose, so that what it shows is told first, however little harm that did. */
  meant?: true;
  /** Against the order of ranks: where one of these was seen it follows from that, and `explains` has none of them. */
  follows?: readonly string[];
}

/** What the engine knows when a cause is asked that depends on the others. */
interface Others {
  /** Ids of the causes that were seen. */
  found: ReadonlySet<string>;
}

export interface Cause {
  id: string;
  title: string;
  /** Position in the chain of causes: the lower, the nearer to the root. */
  rank: number;
  /** What it needs to have seen, in words: for `unknown` and docs/diagnosis.md. */
  needs: string;
  /** Causes that follow from this one: with both seen, those are its consequences. */
  explains: readonly string[];
  /** What looks like it, or like its remedy, and is not. */
  falseFriends: readonly string[];
  /** Criteria that fail by it alone: where no others failed it is named before what has more harm. */
  criteria?: readonly string[];
  /** Asked only where no cause was found but those that are asked last themselves. */
  last?: true;
  look(seen: Seen, others: Others): Sighting | null;
}
