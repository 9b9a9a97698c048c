/**
 * What a failed database access means: its family, and whether the write happened.
 * The service answers with both, so that a client (and the harness's ledger) need not guess.
 */
import { messageOf } from './log.ts';

/** `not-executed`: never sent. `rolled-back`: surely not committed. `unknown`: COMMIT was sent, its answer lost. */
export type Outcome = 'not-executed' | 'rolled-back' | 'unknown';

/** How far a database access had come when it failed. */
export type Stage = 'acquire' | 'run' | 'commit';

export type Family =
  | 'app-pool-wait' | 'pooler-wait' | 'pooler-limit' | 'no-slot' | 'pool-mode' | 'connection-refused' | 'connection-lost'
  | 'shutdown' | 'conflict' | 'read-only' | 'timeout' | 'disk-full' | 'statement';

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
  '53300': 'no-slot', '53100': 'disk-full', '26000': 'pool-mode', '42P05': 'pool-mode', '40001': 'conflict', '40P01': 'conflict',
  '25006': 'read-only', '57014': 'timeout', '55P03': 'timeout', '57P01': 'shutdown', '57P02': 'shutdown', '57P03': 'shutdown', '25P03': 'shutdown', '57P05': 'shutdown',
};

const byText: [RegExp, Family][] = [
  [/timeout exceeded when trying to connect|due to connection timeout/i, 'app-pool-wait'],
  [/query_wait_timeout|query wait timeout/i, 'pooler-wait'],
  [/no more connections allowed|max_client_conn/i, 'pooler-limit'],
  [/too many (clients|connections)|remaining connection slots/i, 'no-slot'],
  [/prepared statement|bind message supplies/i, 'pool-mode'],
  [/query read timeout/i, 'timeout'],
  [/ECONNREFUSED|EHOSTUNREACH|ENOTFOUND|server login has been failing|server_login_retry|the database system is/i, 'connection-refused'],
  [/terminated|ECONNRESET|EPIPE|server conn crashed|server closed|connection error|not queryable|closed/i, 'connection-lost'],
];

export const familyOf = (error: unknown): Family => {
  const code = codeOf(error);
  const known = code === null ? undefined : bySqlState[code];
  if (known !== undefined) return known;
  const text = `${code ?? ''} ${error instanceof Error ? error.message : String(error)}`;
  return byText.find(([pattern]) => pattern.test(text))?.[1] ?? (code?.startsWith('08') ? 'connection-lost' : 'statement');
};

/** A COMMIT that the server answered with an error did not happen, unless the error is the end of the session itself. */
const commitOutcome = (error: unknown, family: Family): Outcome => {
  const answered = codeOf(error)?.length === 5 && !['shutdown', 'connection-lost', 'pooler-wait', 'timeout'].includes(family);
  return answered ? 'rolled-back' : 'unknown';
};

/** Wraps what the driver threw; a DatabaseFailure stays as it is. */
export const databaseFailure = (error: unknown, stage: Stage): DatabaseFailure => {
  if (error instanceof DatabaseFailure) return error;
  const family = familyOf(error);
  const outcome = stage === 'acquire' ? 'not-executed' : stage === 'run' ? 'rolled-back' : commitOutcome(error, family);
  return new DatabaseFailure(messageOf(error), family, outcome, codeOf(error), error);
};

/** True where the connection cannot be used again. */
export const endsConnection = (failure: DatabaseFailure): boolean =>
  ['connection-lost', 'connection-refused', 'shutdown', 'pooler-wait', 'timeout', 'pool-mode', 'pooler-limit', 'no-slot'].includes(failure.family);

/** Worth another try after a pause: the cause passes by itself. A wait for the app pool was long enough already. */
export const isTransient = (failure: DatabaseFailure): boolean =>
  endsConnection(failure) || failure.family === 'conflict' || failure.family === 'read-only';
