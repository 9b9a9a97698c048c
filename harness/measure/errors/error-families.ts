/**
 * The one classifier of errors: family, what it says of the outcome, likely causes, next step.
 * Texts come first: behind PgBouncer nearly all is SQLSTATE 08P01, and only the words tell "never ran" from "may have committed".
 */
import { signatures, sqlstates, type Outcome, type Signature } from './error-signatures.ts';

export type { Outcome } from './error-signatures.ts';

export interface ErrorFamily {
  id: string;
  title: string;
  outcome: Outcome;
  causes: readonly string[];
  nextStep: string;
}

export const errorFamilies: readonly ErrorFamily[] = [
  {
    id: 'no-slot',
    title: 'Postgres has no free connection slot',
    outcome: 'not-executed',
    causes: [
      'all app pools together are larger than the role limit or max_connections',
      'sessions left by crashed or leaking clients',
      'a deployment that starts new replicas before the old ones are gone',
    ],
    nextStep:
      'Add up replicas × app pool (or poolers × max_db_connections) and keep the sum below the role limit; see who holds the sessions in pg_stat_activity by role and application.',
  },
  {
    id: 'pool-wait',
    title: 'No connection of the app pool came free in time',
    outcome: 'not-executed',
    causes: [
      'connections are held too long: a call to another service inside a transaction, a missing release',
      'two connections per request (nested checkout)',
      'more concurrent work than the app pool can carry',
      'logins too slow at start',
    ],
    nextStep:
      'Look at who holds the connections (sessions idle in transaction, use time) before making the pool larger; then bound the concurrency.',
  },
  {
    id: 'pooler-wait',
    title: 'The pooler had no server connection, or no client slot, to give',
    outcome: 'not-executed',
    causes: [
      "the pooler's pool (default_pool_size, max_db_connections) is too small for the transactions' length",
      'long or idle transactions hold server connections',
      'max_client_conn is below the sum of all app pools',
      'the pooler is paused or the database unreachable',
    ],
    nextStep:
      'Compare cl_waiting and maxwait with sv_active in SHOW POOLS; shorten transactions, then raise the pool; keep max_client_conn above replicas × app pool plus probes.',
  },
  {
    id: 'pooler-down',
    title: 'The pooler is stopping, or cannot log in to the database',
    outcome: 'not-executed',
    causes: [
      'the pooler was restarted or its database disabled',
      'Postgres was down or refused logins, and the pooler waits server_login_retry before it tries again',
    ],
    nextStep:
      "Look at the pooler's log for the cause of the failed login; retry with a pause; lower server_login_retry where failover must be quick.",
  },
  {
    id: 'pool-mode',
    title: 'Session state met transaction pooling',
    outcome: 'rolled-back',
    causes: [
      'named prepared statements through a pooler in transaction mode that does not track them (PgBouncer before 1.21, or max_prepared_statements = 0)',
      'SET, LISTEN or advisory locks through the same pooler',
      "bind parameters of another client's statement",
    ],
    nextStep:
      'Turn named statements off in the driver or max_prepared_statements on in PgBouncer; give LISTEN and session locks a direct connection.',
  },
  {
    id: 'server-restart',
    title: 'Postgres is restarting, or ended the session',
    outcome: 'unknown',
    causes: ['restart, failover or crash recovery', 'pg_terminate_backend by an administrator'],
    nextStep:
      'Retry with a pause and an idempotency key: a COMMIT in flight may have succeeded. The pool needs an error handler, and must drop the dead connection.',
  },
  {
    id: 'connection-lost',
    title: 'The connection broke',
    outcome: 'unknown',
    causes: [
      'the pooler or Postgres went away',
      'the network or a NAT dropped it',
      'an idle connection was closed on the other side',
    ],
    nextStep:
      'Treat writes in flight as unknown: look the key up, or repeat with the same idempotency key. Check keepalive and idle timeouts along the path.',
  },
  {
    id: 'connect-refused',
    title: 'Nobody listens there',
    outcome: 'not-executed',
    causes: ['the server or pooler is down or still starting', 'a wrong host or port'],
    nextStep: 'Check that the address answers (pgsurge doctor); retry with a pause.',
  },
  {
    id: 'connect-timeout',
    title: 'Logging in took too long',
    outcome: 'not-executed',
    causes: [
      'too many logins at once (thundering herd)',
      'packets vanish between client and server',
      'a frozen server or pooler',
    ],
    nextStep:
      'Warm the pool before the workers start and stagger them; compare the connect timeout with the measured login time.',
  },
  {
    id: 'client-timeout',
    title: 'The client stopped waiting',
    outcome: 'unknown',
    causes: ['a slow statement, a lock, or a frozen link', "a client timeout shorter than the server's"],
    nextStep:
      "Set the server's statement_timeout below the client's, so that the outcome is known; repeat writes only with an idempotency key.",
  },
  {
    id: 'idle-timeout',
    title: 'Postgres or the pooler ended an idle session',
    outcome: 'rolled-back',
    causes: [
      'a transaction was left open while the program did something else',
      "idle_session_timeout below the pool's idle timeout",
    ],
    nextStep:
      'Find what runs between BEGIN and COMMIT that is no query; let the pool close idle connections before the server does.',
  },
  {
    id: 'lock-timeout',
    title: 'A lock was not granted in time',
    outcome: 'rolled-back',
    causes: ['a long transaction holds the row or table', 'DDL waits in the lock queue and blocks all behind it'],
    nextStep: 'Find the holder with pg_blocking_pids; shorten its transaction.',
  },
  {
    id: 'statement-timeout',
    title: 'The statement was cancelled',
    outcome: 'rolled-back',
    causes: ['statement_timeout reached', 'the client cancelled'],
    nextStep: 'See the plan of the statement and what it waited for (wait_event).',
  },
  {
    id: 'deadlock',
    title: 'Two transactions waited for each other',
    outcome: 'rolled-back',
    causes: ['rows locked in different orders'],
    nextStep: 'Lock in one order; retry the whole transaction.',
  },
  {
    id: 'serialization',
    title: 'A concurrent change forbade this one',
    outcome: 'rolled-back',
    causes: ['repeatable read or serializable isolation under contention'],
    nextStep: 'Retry the whole transaction with a pause.',
  },
  {
    id: 'constraint',
    title: 'A constraint forbade it',
    outcome: 'rolled-back',
    causes: ['a repeated key (often a retry of a write that had succeeded)', 'wrong data'],
    nextStep: 'For a repeated idempotency key answer with the first result; otherwise the data is wrong.',
  },
  {
    id: 'read-only',
    title: 'The server is read-only',
    outcome: 'rolled-back',
    causes: ['a connection to a standby, often kept over a failover'],
    nextStep: 'Drop connections that answer 25006, so that the pool dials the primary again.',
  },
  {
    id: 'aborted',
    title: 'The transaction had failed before',
    outcome: 'rolled-back',
    causes: ['an earlier error in the same transaction was swallowed'],
    nextStep: 'Find the first error in that transaction; this one only follows.',
  },
  {
    id: 'disk',
    title: 'No space left',
    outcome: 'rolled-back',
    causes: ['a full disk: data, WAL, or temporary files'],
    nextStep: 'Free space; look for a replication slot that keeps WAL.',
  },
  {
    id: 'memory',
    title: 'Out of memory',
    outcome: 'rolled-back',
    causes: ['too many sessions for the memory', 'too many locks (max_locks_per_transaction)'],
    nextStep: 'Fewer server sessions, by a pooler; lower work_mem.',
  },
  {
    id: 'auth',
    title: 'Login refused',
    outcome: 'not-executed',
    causes: ['a wrong password, role or database', 'a pooler whose user list is out of date'],
    nextStep: 'Try the same URL with psql; behind a pooler check its user list too.',
  },
  {
    id: 'sql',
    title: 'The statement is wrong here',
    outcome: 'rolled-back',
    causes: ['a migration is missing, or a permission', 'search_path set on another session (transaction pooling)'],
    nextStep: 'Compare the schema with what the release expects.',
  },
  {
    id: 'other',
    title: 'Not known to this table',
    outcome: 'unknown',
    causes: ['an error of the service itself, or one that the table lacks'],
    nextStep:
      'Read the line in the log; if it comes from Postgres or a pooler, add it to harness/measure/errors/error-signatures.ts.',
  },
];

export interface ClassifiedError {
  family: string;
  title: string;
  outcome: Outcome;
  causes: readonly string[];
  nextStep: string;
  /** The table's row that matched; null when the SQLSTATE decided, or nothing. */
  signature: Signature | null;
}

const familyById = new Map(errorFamilies.map((family) => [family.id, family]));

const classified = (id: string, outcome: Outcome | undefined, signature: Signature | null): ClassifiedError => {
  const family = familyById.get(id) ?? errorFamilies.at(-1)!;
  return {
    family: family.id,
    title: family.title,
    outcome: outcome ?? family.outcome,
    causes: family.causes,
    nextStep: family.nextStep,
    signature,
  };
};

/** Family of an error text, of any driver; `sqlstate` (else one found in the text) decides where the words do not. */
export const classifyError = (text: string, sqlstate?: string | null): ClassifiedError => {
  const signature = signatures.find(({ pattern }) => pattern.test(text));
  if (signature !== undefined) return classified(signature.family, signature.outcome, signature);
  const state =
    sqlstate ??
    /\b(?:SQLSTATE[ :=[]*|code: ')([0-9A-Z]{5})\b/.exec(text)?.[1] ??
    (/^[0-9][0-9A-Z]{4}$/.test(text.trim()) ? text.trim() : null);
  const known = state == null ? undefined : (sqlstates[state] ?? sqlstates[state.slice(0, 2)]);
  return known === undefined ? classified('other', undefined, null) : classified(known.family, known.outcome, null);
};

/** What each outcome means, in words for people. */
export const outcomeWords: Readonly<Record<Outcome, string>> = {
  'not-executed': 'the statement never ran: safe to retry',
  'rolled-back': 'the statement or its transaction was undone: safe to retry the whole transaction',
  unknown: 'it may have run and committed: look before repeating, or repeat with the same idempotency key',
  ran: 'the statement ran',
};

/** The answer of `pgsurge why "<text>"`. */
export const renderWhy = (text: string, sqlstate?: string | null): string => {
  const { family, title, outcome, causes, nextStep, signature } = classifyError(text, sqlstate);
  return [
    `${title}  [${family}]`,
    `  said by      ${signature === null ? 'known by its SQLSTATE only, or not at all' : signature.by}`,
    `  outcome      ${outcome}: ${outcomeWords[outcome]}`,
    ...(signature?.note === undefined ? [] : [`  note         ${signature.note}`]),
    `  likely       ${causes.join('\n               ')}`,
    `  next step    ${nextStep}`,
    '',
  ].join('\n');
};

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** docs/errors.md, whole: a test holds the file to it. */
export const errorsDocument = (): string =>
  [
    '# Errors by family',
    '',
    'Made from `harness/measure/errors/error-families.ts` and `error-signatures.ts` by `node harness/measure/errors/write-errors-document.ts`; a test holds this file to them. `pgsurge why "<error text>"` asks the same table.',
    '',
    `What an outcome means: ${Object.entries(outcomeWords)
      .map(([outcome, words]) => `**${outcome}**: ${words}`)
      .join('; ')}.`,
    '',
    'PgBouncer answers nearly all of its own errors with SQLSTATE 08P01, both for "never ran" and for "may have committed": only the words tell them apart.',
    ...errorFamilies.flatMap((family) => [
      '',
      `## ${family.id}: ${family.title}`,
      '',
      `Outcome: **${family.outcome}**. Likely: ${family.causes.join('; ')}.`,
      '',
      `Next step: ${family.nextStep}`,
      ...signatureTable(
        signatures.filter((signature) => signature.family === family.id),
        family.outcome,
      ),
    ]),
    '',
  ].join('\n');

const signatureTable = (rows: readonly Signature[], outcome: Outcome): string[] =>
  rows.length === 0
    ? []
    : [
        '',
        '| said by | words | outcome |',
        '|---|---|---|',
        ...rows.map(
          (row) =>
            `| ${cell(row.by)} | \`${cell(row.example.replaceAll('`', "'"))}\`${row.note === undefined ? '' : ` ${cell(row.note)}`} | ${row.outcome ?? outcome} |`,
        ),
      ];
