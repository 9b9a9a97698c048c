/** PgBouncer's admin console. Columns differ by version (1.16 to 1.25) and are read by name; numbers come as text. */
import type { ConsoleQuery, PoolerConsole, PoolerDatabase, PoolerPool, PoolerTotals } from '../pooler.ts';
import { reportedSettings } from './settings.ts';

type Row = Record<string, unknown>;

/** The console's own database is no pool of the service. */
export const consoleDatabase = 'pgbouncer';

/** A column that this version does not have counts nothing. */
const numberIn = (row: Row, name: string): number => {
  const value = Number(row[name] ?? 0);
  return Number.isFinite(value) ? value : 0;
};

const sumOf = (rows: readonly Row[], ...columns: string[]): number =>
  rows.reduce((total, row) => columns.reduce((sum, name) => sum + numberIn(row, name), total), 0);

const poolOf = (database: string, rows: readonly Row[]): PoolerPool => ({
  database,
  clients: {
    active: sumOf(rows, 'cl_active'),
    waiting: sumOf(rows, 'cl_waiting'),
    cancelling: sumOf(rows, 'cl_active_cancel_req', 'cl_waiting_cancel_req', 'cl_cancel_req'),
  },
  servers: {
    active: sumOf(rows, 'sv_active'),
    idle: sumOf(rows, 'sv_idle'),
    used: sumOf(rows, 'sv_used'),
    tested: sumOf(rows, 'sv_tested'),
    login: sumOf(rows, 'sv_login'),
    cancelling: sumOf(rows, 'sv_active_cancel', 'sv_being_canceled'),
  },
  longestWaitSeconds: Math.max(...rows.map((row) => numberIn(row, 'maxwait') + numberIn(row, 'maxwait_us') / 1e6)),
});

const microsecondsPerSecond = 1e6;

const totalsOf = (rows: readonly Row[]): PoolerTotals => ({
  transactions: sumOf(rows, 'total_xact_count'),
  queries: sumOf(rows, 'total_query_count'),
  transactionSeconds: sumOf(rows, 'total_xact_time') / microsecondsPerSecond,
  querySeconds: sumOf(rows, 'total_query_time') / microsecondsPerSecond,
  waitSeconds: sumOf(rows, 'total_wait_time') / microsecondsPerSecond,
  fromClientsBytes: sumOf(rows, 'total_received'),
  fromServersBytes: sumOf(rows, 'total_sent'),
});

const textIn = (row: Row, name: string): string | null => {
  const value = row[name];
  return value === null || value === undefined || value === '' ? null : String(value);
};

const databaseOf = (row: Row): PoolerDatabase => ({
  name: String(row['name']),
  paused: numberIn(row, 'paused') === 1,
  disabled: numberIn(row, 'disabled') === 1,
  mode: textIn(row, 'pool_mode'),
  poolSize: textIn(row, 'pool_size') === null ? null : numberIn(row, 'pool_size'),
});

const settingsIn = (rows: readonly Row[]): Record<string, string> =>
  Object.fromEntries(
    rows
      .filter(({ key }) => reportedSettings.includes(String(key)))
      .map(({ key, value }) => [`pgbouncer.${String(key)}`, String(value ?? '')]),
  );

export const pgbouncerConsole = (query: ConsoleQuery): PoolerConsole => {
  /** Rows of the databases of the service. */
  const ofService = async (command: string): Promise<Row[]> =>
    (await query(command)).filter(({ database }) => database !== consoleDatabase);
  const tell = async (command: string): Promise<void> => void (await query(command));
  return {
    version: async () => String((await query('SHOW VERSION'))[0]?.['version'] ?? ''),
    settings: async () => settingsIn(await query('SHOW CONFIG')),
    pools: async () => {
      const rows = await ofService('SHOW POOLS');
      return [...Map.groupBy(rows, ({ database }) => String(database))].map(([name, pools]) => poolOf(name, pools));
    },
    totals: async () => totalsOf(await ofService('SHOW STATS')),
    databases: async () =>
      (await query('SHOW DATABASES')).map(databaseOf).filter(({ name }) => name !== consoleDatabase),
    pause: (database) => tell(`PAUSE ${database}`),
    resume: (database) => tell(`RESUME ${database}`),
    reconnect: (database) => tell(database === undefined ? 'RECONNECT' : `RECONNECT ${database}`),
  };
};
