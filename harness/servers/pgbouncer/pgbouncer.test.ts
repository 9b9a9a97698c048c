import { expect, test } from 'vitest';
import { defaultStackSpec } from '../../stack/spec.ts';
import { pgbouncerConsole } from './console.ts';
import { configurationFile, notInForce } from './settings.ts';

type Rows = Record<string, unknown>[];

const consoleThatSays = (answers: Record<string, Rows>) => {
  const asked: string[] = [];
  const console = pgbouncerConsole(async (command) => {
    asked.push(command);
    return answers[command] ?? [];
  });
  return { console, asked };
};

test('pools of one database are added up, whatever their users; numbers come as text, columns differ by version', async () => {
  const { console } = consoleThatSays({
    'SHOW POOLS': [
      {
        database: 'app',
        user: 'app',
        cl_active: '3',
        cl_waiting: '2',
        sv_active: '1',
        maxwait: '1',
        maxwait_us: '500000',
      },
      { database: 'app', user: 'app_listen', cl_active: '1', cl_cancel_req: '1', sv_idle: '4', maxwait: '0' },
      { database: 'pgbouncer', user: 'pgbouncer', cl_active: '9' },
    ],
  });
  expect(await console.pools()).toEqual([
    {
      database: 'app',
      clients: { active: 4, waiting: 2, cancelling: 1 },
      servers: { active: 1, idle: 4, used: 0, tested: 0, login: 0, cancelling: 0 },
      longestWaitSeconds: 1.5,
    },
  ]);
});

test('totals are of the service alone, and in seconds', async () => {
  const { console } = consoleThatSays({
    'SHOW STATS': [
      {
        database: 'app',
        total_xact_count: '10',
        total_query_count: '30',
        total_query_time: '1500000',
        total_sent: '70',
      },
      { database: 'pgbouncer', total_xact_count: '99' },
    ],
  });
  expect(await console.totals()).toEqual({
    transactions: 10,
    queries: 30,
    transactionSeconds: 0,
    querySeconds: 1.5,
    waitSeconds: 0,
    fromClientsBytes: 0,
    fromServersBytes: 70,
  });
});

test('commands name the database they are about', async () => {
  const { console, asked } = consoleThatSays({});
  await console.pause('app');
  await console.resume('app');
  await console.reconnect('app');
  await console.reconnect();
  expect(asked).toEqual(['PAUSE app', 'RESUME app', 'RECONNECT app', 'RECONNECT']);
});

test('a version that does not know prepared statements is not told of them', () => {
  const fileOf = (version: string): string =>
    configurationFile({
      version,
      address: { host: '127.0.0.1', port: 6432 },
      upstream: { host: '127.0.0.1', port: 5432 },
      database: 'app',
      userFile: '/users',
      spec: defaultStackSpec.pooler,
    });
  expect(fileOf('1.18.0')).not.toContain('max_prepared_statements');
  expect(fileOf('1.21.0')).toContain('\nmax_prepared_statements = 0\n');
  expect(fileOf('1.18.0')).toContain('\nmax_db_connections = 40\n');
});

test('prepared statements that this PgBouncer does not follow are told, where somebody counts on them', () => {
  const pooler = { ...defaultStackSpec.pooler, mode: 'transaction' as const, maxPreparedStatements: 200 };
  expect(notInForce('1.18.0', pooler)).toMatch(
    /^max_prepared_statements = 200 is not in force: PgBouncer 1\.18\.0 .*turn them off in the driver/,
  );
  expect(notInForce('1.21.0', pooler)).toBeNull();
  expect(notInForce('1.18.0', { ...pooler, maxPreparedStatements: 0 })).toBeNull();
  expect(notInForce('1.18.0', { ...pooler, mode: 'session' })).toBeNull();
});
