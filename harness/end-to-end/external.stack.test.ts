import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onlyRun, pgsurge, reportsFolder, stateOfTheirOwn } from './runs.ts';
import type { RunResult } from '../result.ts';
import { defaultStackSpec } from '../stack/spec.ts';
import { startStack } from '../stack/start.ts';
import type { StartedStack } from '../stack/stack.ts';
import type { OwnedProcess } from '../system/process.ts';
import { waitUntil } from '../system/wait.ts';
import { createWorkspace, type Workspace } from '../system/workspace.ts';
import { startService } from '../launch/launch.ts';

const state = stateOfTheirOwn();
const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
const python = ((): string | null => {
  try {
    return execFileSync('which', ['python3'], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
})();
const logsFolder = mkdtempSync(path.join(tmpdir(), 'pgsurge-external-'));
let workspace: Workspace;
let stack: StartedStack;

beforeAll(async () => {
  workspace = await createWorkspace('external test');
  stack = await startStack(
    'local',
    { ...defaultStackSpec, maxConnections: 30, roles: { ...defaultStackSpec.roles, app: { connectionLimit: 1000 } } },
    { workspace, logsFolder, log: () => {} },
  );
});
afterAll(async () => {
  await stack[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
  rmSync(logsFolder, { recursive: true, force: true });
  state[Symbol.dispose]();
});

interface Shop extends AsyncDisposable {
  url: string;
}

const startShop = async (pool: number, mode: string): Promise<Shop> => {
  const [port] = await workspace.freePorts(1);
  const url = new URL(stack.databaseUrl('app'));
  const shop: OwnedProcess = workspace.spawn(
    'shop',
    python!,
    [
      fixture('service.py'),
      String(port),
      url.hostname,
      url.port,
      url.pathname.slice(1),
      url.username,
      url.password,
      String(pool),
      mode,
    ],
    { logFile: path.join(logsFolder, 'shop.log') },
  );
  await waitUntil(
    'the shop',
    () =>
      fetch(`http://127.0.0.1:${port}/`).then(
        () => true,
        () => false,
      ),
    { limitMs: 10_000, everyMs: 50 },
  );
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => shop.stop({ graceMs: 1000 }).then(() => undefined),
  };
};

const secrets = (): string[] => [
  new URL(stack.databaseUrl('probe')).password,
  new URL(stack.databaseUrl('app')).password,
];

/** Nothing that a run leaves holds a password. */
const leaks = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => {
    const full = path.join(folder, file);
    return statSync(full).isFile() && secrets().some((secret) => readFileSync(full).includes(secret));
  });

const look = async (
  script: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ run: RunResult; exitCode: number | undefined; all: string }> => {
  using reports = reportsFolder();
  const { exitCode, all } = await pgsurge(
    [
      'run',
      script,
      '--stack',
      'external',
      '--database-url',
      stack.databaseUrl('probe'),
      '--reports',
      reports.folder,
      ...args,
    ],
    env,
  );
  const { run, folder } = onlyRun(reports.folder);
  expect(leaks(folder)).toEqual([]);
  for (const secret of secrets()) expect(all).not.toContain(secret);
  return { run, exitCode, all };
};

describe.skipIf(python === null)('a small service in another language, no adapter, its own pool', () => {
  test('healthy: the pool is not the limit', { tags: 'full' }, async () => {
    await using shop = await startShop(5, 'healthy');
    const { run, exitCode, all } = await look(fixture('shop.js'), ['--target-url', shop.url]);
    expect(run.scenarios[0]!.diagnosis?.findings[0], all).toMatchObject({ cause: 'none' });
    expect(run.sentence).toMatch(/^Nothing seen here limits the connections/);
    expect(run.scenarios[0]!.criteria.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    expect(run.scenarios[0]!.criteria.find(({ id }) => id === 'pool-utilisation')).toMatchObject({
      verdict: 'notApplicable',
      reason: expect.stringContaining('--otlp-port'),
    });
    expect(exitCode).toBe(0);
  });

  test('slots exhausted: named, with the count', async () => {
    await using shop = await startShop(60, 'slow');
    const { run, exitCode, all } = await look(
      fixture('shop.js'),
      ['--target-url', shop.url, '--service-log', path.join(logsFolder, 'shop.log')],
      { SHOP_USERS: '40' },
    );
    expect(run.scenarios[0]!.diagnosis?.findings[0], all).toMatchObject({ cause: 'pool-over-slots' });
    expect(run.sentence).toMatch(/larger than the database has slots/);
    expect(run.scenarios[0]!.errors.find(({ family }) => family === 'no-slot')).toMatchObject({ source: 'service' });
    expect(exitCode).toBe(1);
  });

  test('connections held in a transaction: named before the waiting they cause', { tags: 'full' }, async () => {
    await using shop = await startShop(5, 'hold');
    const { run, exitCode, all } = await look(fixture('shop.js'), ['--target-url', shop.url], { SHOP_USERS: '10' });
    expect(run.scenarios[0]!.diagnosis?.findings[0], all).toMatchObject({ cause: 'held-transactions' });
    // Nobody declared how long this service may hold one: our own level warns.
    expect(run.scenarios[0]!.criteria.find(({ id }) => id === 'idle-in-transaction')).toMatchObject({
      verdict: 'warn',
    });
    expect(exitCode).toBe(1);
  });
});

test('the reference service by hand, with every source', { tags: 'full' }, async () => {
  const [otlpPort] = await workspace.freePorts(1);
  const reference = {
    replicas: 1,
    route: 'pooler' as const,
    settings: { appPoolMax: 8, jobWorkers: 4 },
    release: null,
    otlpUrl: `http://127.0.0.1:${otlpPort}`,
    seed: 1,
    timeScale: 1,
  };
  await using service = await startService(stack, reference, { workspace, logsFolder, log: () => {} });
  const { run, all } = await look('baseline', [
    '--target-url',
    service.url,
    '--pooler-admin-url',
    stack.poolers[0]!.adminUrl,
    '--otlp-port',
    String(otlpPort),
    '--p95',
    '500',
  ]);
  const [entry] = run.scenarios;
  expect(entry!.diagnosis?.findings[0], all).toMatchObject({ cause: 'none' });
  for (const id of ['api-p95', 'goodput', 'pool-utilisation', 'query-p95', 'database-connections'])
    expect(
      entry!.criteria.find((criterion) => criterion.id === id),
      id,
    ).toMatchObject({ verdict: 'pass' });
  expect(entry!.criteria.find(({ id }) => id === 'api-p95')!.bounds[0]).toMatchObject({ value: 500 });
});

test('what cannot be right ends in one line and the right exit code', async () => {
  const one = async (args: readonly string[]): Promise<string> => {
    const { exitCode, all } = await pgsurge(['run', ...args, '--stack', 'external']);
    expect(all.split('\n').filter((line) => /^\s+at .*\.ts:/.test(line))).toEqual([]);
    return `${exitCode} ${all}`;
  };
  const shop = fixture('shop.js');
  const database = ['--database-url', stack.databaseUrl('probe')];
  const wrong: [args: readonly string[], answer: RegExp][] = [
    [[shop], /^2 pgsurge: .*--database-url/],
    [[shop, '--database-url', 'postgres://u:secret@10.0.0.9/db'], /^2 pgsurge: .*--allow-host 10\.0\.0\.9/],
    [['no-such.js', ...database], /^2 pgsurge: there is no k6 script/],
    [[fixture('service.py'), ...database], /^2 pgsurge: the script service\.py does not load/],
    [
      [fixture('no-load.js'), ...database],
      /^2 pgsurge: the script no-load\.js says no load: k6 would run one iteration .* -- --vus 20 --duration 20s/,
    ],
    [
      [fixture('needs-user.js'), ...database],
      /^2 pgsurge: the script needs-user\.js does not load: K6_API_USER must be set \(needs-user\.js, line 2\)/,
    ],
    [[shop, ...database, '-e', 'NOTHING'], /^2 pgsurge: -e takes NAME=VALUE/],
    [[shop, ...database, '--target-url', 'http://127.0.0.1:9'], /^4 .*nothing answers/s],
  ];
  // Side by side: each refuses before it would take the lock of a run.
  const answers = await Promise.all(wrong.map(([args]) => one(args)));
  for (const [index, [, answer]] of wrong.entries()) {
    expect(answers[index]).toMatch(answer);
    expect(answers[index]).not.toContain('secret');
  }
});
