/** A team's own service, started by its config on our stack and loaded by its own script: the whole way. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PgsurgeConfig, ServiceConfig } from '../config/config.ts';
import type { RunResult } from '../result.ts';
import { isAtLeast } from '../servers/pgbouncer/version.ts';
import { failing, onlyRun, pgsurge, reportsFolder, stateOfTheirOwn } from './runs.ts';

const state = stateOfTheirOwn();
afterAll(() => state[Symbol.dispose]());
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-team-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const shop = fileURLToPath(new URL('./fixtures/own', import.meta.url));
const journey = path.join(shop, 'journey.js');

const service: ServiceConfig = {
  command: 'node server.mjs & wait',
  cwd: shop,
  port: 'HTTP_PORT',
  database: 'SHOP_DATABASE_URL',
  migrate: 'node migrate.mjs',
  ready: { path: '/health', seconds: 20 },
};
const load = { script: journey, variables: { SECONDS: 4 } };

const configFile = (config: PgsurgeConfig, place = folder): string => {
  const file = path.join(place, 'pgsurge.config.json');
  writeFileSync(file, JSON.stringify(config));
  return file;
};

interface Ran {
  run: RunResult;
  exitCode: number | undefined;
  all: string;
}

const runWith = async (config: PgsurgeConfig, args: readonly string[] = []): Promise<Ran> => {
  using reports = reportsFolder();
  const { exitCode, all } = await pgsurge([
    'run',
    ...args,
    '--config',
    configFile(config),
    '--reports',
    reports.folder,
  ]);
  expect(all, all).not.toContain('no run was written');
  return { run: onlyRun(reports.folder).run, exitCode, all };
};

/** The one line that ends a run before there is anything to tell. */
const refusal = async (config: unknown, args: readonly string[] = [], env = {}): Promise<string> => {
  using reports = reportsFolder();
  const file = configFile(config as PgsurgeConfig, mkdtempSync(path.join(folder, 'config-')));
  const { exitCode, all } = await pgsurge(['run', ...args, '--config', file, '--reports', reports.folder], env);
  const lines = all.split('\n').filter((line) => line.startsWith('pgsurge: '));
  expect(all.split('\n').filter((line) => /^\s+at .*\.ts:/.test(line))).toEqual([]);
  expect(lines, all).toHaveLength(1);
  return `${exitCode} ${lines[0]}`;
};

const criterion = ({ scenarios: [entry] }: RunResult, id: string) => entry!.criteria.find((one) => one.id === id);

test('healthy: two replicas of a cluster, a worker, the pooler, a link: graded, its processes measured', async () => {
  const { run, exitCode, all } = await runWith({
    name: 'shop',
    service: {
      ...service,
      replicas: 2,
      budget: { cores: 1, memoryMiB: 512 },
      processes: { worker: { command: ['node', 'worker.mjs'], cwd: shop, ready: { log: 'worker ready' } } },
    },
    stack: { pooler: { poolSize: 10 }, linkMs: 2 },
    load,
    criteria: { 'api-p95': 150 },
  });
  const [entry] = run.scenarios;
  expect(exitCode, all).toBe(0);
  expect(entry).toMatchObject({ state: 'finished', group: 'external', verdict: 'pass' });
  expect(criterion(run, 'api-p95')!.bounds[0]).toMatchObject({ value: 150 });
  expect(criterion(run, 'replica-deaths')).toMatchObject({ verdict: 'pass' });
  expect(entry!.stackSettings).toMatchObject({ route: 'pooler', replicas: 2, linkMs: 2, poolerPoolSize: 10 });
  expect(entry!.stackSettings['pgbouncer.default_pool_size']).toBe('10');
  expect(run.name).toBe('shop');
  // Before the load, where this machine's PgBouncer follows no prepared statements.
  const isFollowed = isAtLeast(run.stack.versions['pgbouncer']!, '1.21.0');
  expect(all.match(/max_prepared_statements = 200 is not in force/g) ?? []).toHaveLength(isFollowed ? 0 : 1);
  // Totals are exact: k6's own count is ours.
  expect(entry!.identities.filter(({ title }) => title.includes('k6'))).not.toEqual([]);
  expect(entry!.identities.filter(({ holds }) => !holds)).toEqual([]);
});

test(
  'a transaction that is held over something slow fails by the criterion that says so',
  { tags: 'full' },
  async () => {
    const { run, exitCode, all } = await runWith({
      service: { ...service, environment: { HOLD_MS: 1200, POOL: 3, WEB_CONCURRENCY: 0 } },
      // Eight looks at the sessions: in four seconds under load too few came to judge by.
      load: { script: journey, variables: { SECONDS: 8 } },
      criteria: { 'idle-in-transaction': 100 },
    });
    expect(exitCode, all).toBe(1);
    expect(failing(run.scenarios[0]!), criterion(run, 'idle-in-transaction')?.reason).toContain('idle-in-transaction');
  },
);

test('their pgbouncer.ini, postgresql.conf, extensions, roles and seed are what runs', { tags: 'full' }, async () => {
  const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);
  write(
    'pgbouncer.ini',
    '[databases]\nshop = host=db.prod pool_size=7\n[pgbouncer]\nlisten_port = 6432\n' +
      'pool_mode = session\nserver_idle_timeout = 33\n',
  );
  write('postgresql.conf', "max_connections = 60 # small\nwork_mem = '8MB'\nport = 5433\n");
  write('roles.sql', 'CREATE ROLE shop_reader NOLOGIN;');
  write(
    'seed.sql',
    'CREATE TABLE items (id int PRIMARY KEY, name text);\nALTER TABLE items OWNER TO prod;\n' +
      "INSERT INTO items SELECT n, 'x' FROM generate_series(1, 100) n;\n",
  );
  const config: PgsurgeConfig = {
    service,
    stack: {
      postgres: { conf: 'postgresql.conf', extensions: ['pgcrypto'], sql: ['roles.sql'], seed: 'seed.sql' },
      pooler: { ini: 'pgbouncer.ini' },
    },
    load,
  };
  const { run, exitCode, all } = await runWith(config);
  expect(exitCode, all).toBe(0);
  expect(all).toContain('left out of pgbouncer.ini: listen_port');
  expect(all).toContain('left out of postgresql.conf: port');
  expect(run.scenarios[0]!.stackSettings).toMatchObject({
    'postgres.max_connections': '60',
    'postgres.work_mem': '8MB',
    'pgbouncer.pool_mode': 'session',
    'pgbouncer.server_idle_timeout': '33',
  });
});

describe('what cannot be right ends in one line and the right exit code', () => {
  test('before anything starts: 2', async () => {
    const noLoad = fileURLToPath(new URL('./fixtures/no-load.js', import.meta.url));
    const throws = fileURLToPath(new URL('./fixtures/needs-user.js', import.meta.url));
    const hardCoded = fileURLToPath(new URL('./fixtures/hard-coded.js', import.meta.url));
    const wrong: [refused: Promise<string>, answer: RegExp][] = [
      [
        refusal({ service: { ...service, replica: 2 }, load }),
        /^2 pgsurge: pgsurge\.config\.json: service\.replica is no field: did you mean replicas\?$/,
      ],
      [
        refusal({ service: { ...service, replicas: 'two' }, load }),
        /^2 .*service\.replicas is "two"; it must be a whole number from 1 to 20$/,
      ],
      [refusal({ service }), /^2 .*pgsurge\.config\.json names no load/],
      [refusal({ service, load: noLoad }), /^2 .*the script no-load\.js says no load: k6 would run one/],
      [
        refusal({ service, load: throws }),
        /^2 .*needs-user\.js does not load: K6_API_USER must be set \(needs-user\.js, line 2\)$/,
      ],
      [
        refusal({ service, load: hardCoded }),
        /^2 .*hard-coded\.js does not read where the service is.*let it read __ENV\.TARGET_URL/,
      ],
      [
        refusal({ service, load, stack: { postgres: { settings: { ssl: 'on' } } } }),
        /^2 .*settings\.ssl: a stack that pgsurge starts has no TLS: start your own database/,
      ],
      [refusal({ service, load }, ['incidents']), /^2 .*journey\.js has no rows \(incidents\)/],
      [refusal({ service, load }, ['--stack', 'compose']), /^2 .*does not run on --stack compose yet/],
      [refusal({ service, load, stack: { postgres: { version: 16 } } }), /^2 .*runs Postgres 18: start your own 16/],
      [
        refusal({ service, load }, [], { OLD_URL: 'postgres://u:secret@db.prod/shop' }),
        /^2 pgsurge: OLD_URL names a database at db\.prod, which is not this machine: .* --allow-host db\.prod /,
      ],
    ];
    // Side by side: each refuses before it would take the lock of a run.
    const answers = await Promise.all(wrong.map(([refused]) => refused));
    for (const [index, [, answer]] of wrong.entries()) expect(answers[index]).toMatch(answer);
  });

  test('a script that throws in its setup, before any load: 2', { tags: 'full' }, async () => {
    const script = fileURLToPath(new URL('../load/fixtures/scripts/setup-throws.js', import.meta.url));
    expect(await refusal({ service, load: script })).toMatch(
      /^2 .*setup-throws\.js threw in its setup, before any load: Error: login gave \d+ \(setup-throws\.js, line 8\)$/,
    );
  });

  test('what local cannot do, said by the server or the program that has it not: 4', { tags: 'full' }, async () => {
    expect(await refusal({ service, load, stack: { postgres: { extensions: ['postgis'] } } })).toMatch(
      /^4 .*the extension postgis cannot be made: .*; give stack\.postgres\.bin of a Postgres 18 that has it, or/,
    );
    const bin = path.join(folder, 'postgres-16');
    mkdirSync(bin);
    writeFileSync(path.join(bin, 'postgres'), '#!/bin/sh\necho "postgres (PostgreSQL) 16.4"\n', { mode: 0o755 });
    expect(await refusal({ service, load, stack: { postgres: { bin } } })).toMatch(
      /^4 .*postgres-16\/postgres is 16\.4, pgsurge needs 18\.x; .* give service: \{ url, databaseUrl \}$/,
    );
  });

  test('while it starts: 4', { tags: 'full' }, async () => {
    expect(await refusal({ service: { ...service, command: 'no-such-command' }, load })).toMatch(
      /^4 .*ended while it started \(exit 127\): .*no-such-command: not found$/,
    );
    const exits = `node -e "throw new Error('SHOP_KEY is not set')"`;
    expect(await refusal({ service: { ...service, command: exits }, load })).toMatch(
      /^4 .*ended while it started \(exit 1\): Error: SHOP_KEY is not set$/,
    );
    expect(await refusal({ service: { ...service, migrate: 'echo no table items >&2; exit 1' }, load })).toMatch(
      /^4 .*the migration .* fails \(exit 1\): no table items$/,
    );
    const elsewhere = {
      ...service,
      port: 'OTHER_PORT',
      environment: { HTTP_PORT: 21_987 },
      ready: { path: '/', seconds: 3 },
    };
    expect(await refusal({ service: elsewhere, load })).toMatch(
      /^4 .*it listens on 21987, not on \d+ as OTHER_PORT=\d+ asked for/,
    );
    expect(
      await refusal({ service: { ...service, ready: { path: '/never', seconds: 2 }, command: 'sleep 60' }, load }),
    ).toMatch(/^4 .*it listens on no port; see /);
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await refusal({ service: { ...service, port }, load })).toMatch(
      new RegExp(`^4 .*port ${port}, .* is in use by process`),
    );
    server.close();
  });
});
