import type { Level } from './level.ts';

/** One thing that a log says, whatever number of lines it takes. */
export interface LogEvent {
  /** The level in its own field; null where the line has none. */
  level: Level | null;
  /** Its own time, ms since the epoch; null where it has none that is complete. */
  stampMs: number | null;
  message: string;
  /** Exceptions and their causes, or Postgres' DETAIL, in the order of the log. */
  details: readonly string[];
  /** The SQLSTATE in a field of its own. */
  sqlstate: string | null;
  /** Its first line as it stands in the log, where that is read more easily than its parts. */
  raw: string | null;
  lines: number;
}

/** What the first line of an event tells. */
export interface Head extends Omit<LogEvent, 'lines' | 'raw'> {
  /** No line after it belongs to it. */
  complete: boolean;
}

export const longestText = 2000;
