/**
 * What a failed database access means: its family, and whether the write happened.
 * The service answers with both, so that a client (and the harness's ledger) need not guess.
 */
import { messageOf } from './log.ts';

/** `not-executed`: never sent. `rolled-back`: surely not committed. `unknown`: COMMIT was sent, its answer lost. */
export type Outcome = 'not-executed' | 'rolled-back' | 'unknown';

/** How far a database access had come when it failed. */
export type Stage = 'acquire' | 'run' | 'commit';

/** Named as in the harness's published table of error families. */
export type Family =
  | 'pool-wait'
  | 'pooler-wait'
  | 'pooler-down'
  | 'no-slot'
  | 'pool-mode'
  | 'connect-refused'
  | 'connection-lost'
  | 'server-restart'
  | 'idle-timeout'
  | 'deadlock'
  | 'serialization'
  | 'read-only'
  | 'client-timeout'
  | 'lock-timeout'
  | 'statement-timeout'
  | 'disk'
  | 'sql';

/** A database access that failed. `message` is the driver's or the server's own. */
export class DatabaseFailure extends Error {
  readonly family: Family;
  readonly outcome: Outcome;
  readonly sqlState: string | null;

  constructor(message: string, family: Family, outcome: Outcome, sqlState: string | null, cause: unknown) {
    super(message, { cause });
    this.name = 'DatabaseFailure';
    this.family = family;
    this.outcome = outcome;
    this.sqlState = sqlState;
  }
}

const codeOf = (error: unknown): string | null => {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : null;
};

const bySqlState: Record<string, Family> = {
  '53300': 'no-slot',
  '53100': 'disk',
  '26000': 'pool-mode',
  '42P05': 'pool-mode',
  '40001': 'serialization',
  '40P01': 'deadlock',
  '25006': 'read-only',
  '57014': 'statement-timeout',
  '55P03': 'lock-timeout',
  '57P01': 'server-restart',
  '57P02': 'server-restart',
  '57P03': 'server-restart',
  '25P03': 'idle-timeout',
  '57P05': 'idle-timeout',
};

const byText: [RegExp, Family][] = [
  [/timeout exceeded when trying to connect|due to connection timeout/i, 'pool-wait'],
  [/query_wait_timeout|query wait timeout|no more connections allowed|max_client_conn/i, 'pooler-wait'],
  [/server login has been failing|server_login_retry|pgbouncer .*shut|shutting down/i, 'pooler-down'],
  [/too many (clients|connections)|remaining connection slots/i, 'no-slot'],
  [/prepared statement|bind message supplies/i, 'pool-mode'],
  [/query read timeout/i, 'client-timeout'],
  [/ECONNREFUSED|EHOSTUNREACH|ENOTFOUND/i, 'connect-refused'],
  [/the database system is/i, 'server-restart'],
  [
    /terminated|ECONNRESET|EPIPE|server conn crashed|server closed|connection error|not queryable|closed/i,
    'connection-lost',
  ],
];

const familyOf = (error: unknown): Family => {
  const code = codeOf(error);
  const known = code === null ? undefined : bySqlState[code];
  if (known !== undefined) return known;
  const text = `${code ?? ''} ${error instanceof Error ? error.message : String(error)}`;
  return byText.find(([pattern]) => pattern.test(text))?.[1] ?? (code?.startsWith('08') ? 'connection-lost' : 'sql');
};

/** The session ended instead of answering. */
const sessionEnds: readonly Family[] = [
  'server-restart',
  'connection-lost',
  'pooler-wait',
  'pooler-down',
  'client-timeout',
  'idle-timeout',
];

/** A COMMIT that the server answered with an error did not happen, unless the error is the end of the session. */
const commitOutcome = (error: unknown, family: Family): Outcome => {
  const answered = codeOf(error)?.length === 5 && !sessionEnds.includes(family);
  return answered ? 'rolled-back' : 'unknown';
};

const outcomeOf = (error: unknown, stage: Stage, family: Family): Outcome => {
  if (stage === 'acquire') return 'not-executed';
  return stage === 'run' ? 'rolled-back' : commitOutcome(error, family);
};

/** Wraps what the driver threw; a DatabaseFailure stays as it is. */
export const databaseFailure = (error: unknown, stage: Stage): DatabaseFailure => {
  if (error instanceof DatabaseFailure) return error;
  const family = familyOf(error);
  return new DatabaseFailure(messageOf(error), family, outcomeOf(error, stage, family), codeOf(error), error);
};

const endings = new Set<Family>([
  'connection-lost',
  'connect-refused',
  'server-restart',
  'pooler-wait',
  'pooler-down',
  'client-timeout',
  'idle-timeout',
  'pool-mode',
  'no-slot',
  'read-only',
]);

/** True where the connection cannot be used again, or leads to the wrong place. */
export const endsConnection = (failure: DatabaseFailure): boolean => endings.has(failure.family);

/** Worth another try after a pause: the cause passes by itself. A wait for the app pool was long enough already. */
export const isTransient = (failure: DatabaseFailure): boolean =>
  endsConnection(failure) ||
  failure.family === 'serialization' ||
  failure.family === 'deadlock' ||
  failure.family === 'lock-timeout';

const saturated = 'ErrPoolSaturated';

/** As seed 000 called an acquisition that got no connection in time. */
export const poolSaturated = ({ message, family, outcome, sqlState, cause }: DatabaseFailure): DatabaseFailure =>
  new DatabaseFailure(`${saturated}: ${message}`, family, outcome, sqlState, cause);
export const isPoolSaturated = ({ message }: DatabaseFailure): boolean => message.startsWith(saturated);
