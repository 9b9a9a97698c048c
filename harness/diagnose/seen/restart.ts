/** A part that ended or was started anew, as one source shows it. */
export interface Restart {
  part: 'the database' | 'the pooler' | 'the service' | 'sessions';
  atMs: number | null;
  /** It was noticed at `atMs`, and had not happened at the look before. */
  sinceMs?: number;
  words: string;
  source: string;
  /** It never came back. */
  isForGood?: true;
  /** This run did it, on purpose. */
  isStep?: true;
  /** It ended while nobody ended it, and was started anew. */
  isByItself?: true;
}
