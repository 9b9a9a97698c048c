/** What a tap tells at its metrics port, as JSON. Amounts and histograms count from the tap's start. Types only. */
import type { ExponentialHistogram } from '../../measure/histograms/histogram.ts';

export const tapSchema = 'pgsurge.tap/1';

/** As `pg_stat_activity` calls them; `starting` until the login is through. */
export const connectionStates = ['starting', 'active', 'idle in transaction', 'idle'] as const;
export type ConnectionState = (typeof connectionStates)[number];

export interface ErrorCount {
  sqlstate: string;
  family: string;
  severity: string;
  count: number;
}

/** Of all connections of one role to one database under one application name. */
export interface GroupFigures {
  user: string;
  database: string;
  application: string;
  /** Now. */
  connections: Record<ConnectionState, number>;
  /** Time spent by all its connections, so that its growth over a window ÷ the window is the average number. */
  stateSeconds: Record<ConnectionState, number>;
  opened: number;
  closed: number;
  /** From the client's connection to the first ReadyForQuery. */
  loginSeconds: ExponentialHistogram;
  loginsFailed: number;
  /** How long connections lasted that have ended. */
  lifeSeconds: ExponentialHistogram;
  /** Begun so far: a first message after idle. */
  acquisitions: number;
  /** The most that began within 100 ms, in the last one or two seconds. */
  acquisitionBurst: number;
  /** The most connections that were in use at once, in the last one or two seconds. */
  usedPeak: number;
  /** From the first message after idle to ReadyForQuery outside a transaction. */
  holdSeconds: { transaction: ExponentialHistogram; single: ExponentialHistogram };
  /** Between an answer inside a transaction and the client's next message. */
  gapSeconds: ExponentialHistogram;
  /** By kind: what the server's CommandComplete calls it. */
  statementSeconds: Record<string, ExponentialHistogram>;
  /** The longest that is going on now. */
  oldestHoldSeconds: number;
  oldestIdleInTransactionSeconds: number;
  errors: ErrorCount[];
  /** Connections that ended in mid-query or inside a transaction: who ended them, and in which state they were. */
  vanished: { side: 'client' | 'server'; state: ConnectionState; count: number }[];
  /** Statements that leave something in the session, which a transaction pooler loses or gives to somebody else. */
  sessionState: Record<string, number>;
  /** Statements that are prepared by name now, in all its connections. */
  preparedNames: number;
}

export interface TapFigures {
  schema: typeof tapSchema;
  hop: string;
  /** Host and port. */
  upstream: string;
  startedAt: string;
  uptimeSeconds: number;
  process: { cpuSeconds: number; memoryBytes: number };
  groups: GroupFigures[];
  cancels: number;
  /** Connections that the upstream refused or did not take. */
  refused: number;
  /**
   * Connections that passed unread, by why: `tls`, `replication`, `protocol`; and, by `tls-refused`, clients that left
   * when they were told that there is no TLS here.
   */
  unseen: Record<string, number>;
  /** Connections that pass unread now, by why: as above, or `not-understood`. */
  unread: Record<string, number>;
  /** Connections of which a message was not understood; from there on they passed unread. */
  notUnderstood: number;
  /** Only where asked for: time of statements by their text without literals. */
  fingerprints?: Record<string, ExponentialHistogram>;
}
