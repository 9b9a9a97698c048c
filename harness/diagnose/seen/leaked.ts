/** Connections that were taken for good, as whoever saw them tells of it. */
export interface Leaked {
  connections: number;
  heldSeconds: number;
  sinceMs: number;
  words: string;
  /** What was seen of it, where that is shorter than all there is to say. */
  seen?: string;
  source: string;
}
