/**
 * Drivers through the tap get what they get without, every byte of it, and the tap understands all that they say.
 * Those of other languages are fetched from their registries into a folder of the test's own; one that cannot be
 * fetched here is skipped, by name.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { work as nodePg } from './fixtures/drivers/node-pg.ts';
import { work as postgresJs } from './fixtures/drivers/postgres-js.ts';
import { startDatabase, through } from './fixtures/through.ts';
import { ways, type Way } from './fixtures/ways.ts';
import type { StartedStack } from '../stack/stack.ts';

let stack: StartedStack;
let folder: string;
beforeAll(async () => {
  stack = await startDatabase();
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-drivers-'));
});
afterAll(async () => {
  await stack[Symbol.asyncDispose]();
  // Go's module cache is read-only.
  await execa('chmod', ['-R', 'u+w', folder]);
  rmSync(folder, { recursive: true, force: true });
});

type Work = (url: string) => Promise<unknown>;

const expectSame = async (work: Work, url = stack.databaseUrl('owner')): Promise<void> => {
  for (const way of ways) await expectSameBy(way, work, url);
};

const expectSameBy = async (way: Way, work: Work, url: string): Promise<void> => {
  const { direct, tapped, entered, left, figures } = await through(url, work, way);
  expect(tapped).toEqual(direct);
  expect(JSON.stringify(tapped).length).toBeGreaterThan(100_000);
  expect(entered).toEqual(left);
  expect(figures).toMatchObject({ notUnderstood: 0, unseen: {}, refused: 0 });
  const states = figures.groups.flatMap(({ errors }) => errors.map(({ sqlstate }) => sqlstate));
  expect(states).toEqual(expect.arrayContaining(['22012', '23505']));
  expect(figures.groups.every(({ opened, acquisitions }) => opened > 0 && acquisitions > 0)).toBe(true);
};

test('node-pg', () => expectSame(nodePg));

test('postgres.js', () => expectSame(postgresJs));

const fixture = (name: string): string => path.join(import.meta.dirname, 'fixtures/drivers', name);
const fetchLimitMs = 400_000;

interface Where {
  cwd: string;
  env: Record<string, string>;
}

const skipWhere = (skip: (why?: string) => unknown, why: string | null): void => {
  if (why !== null) skip(`not fetched: ${why}`);
};

/** Why one failed: the registry, or the language, is not here. Null where all went well. */
const notFetched = async (...commands: readonly [string, readonly string[], Where?][]): Promise<string | null> => {
  for (const [program, options, where] of commands) {
    const { failed, shortMessage } = await execa(program, options, { ...where, reject: false, timeout: fetchLimitMs });
    if (failed) return shortMessage ?? program;
  }
  return null;
};

const printedBy =
  (program: string, options: readonly string[], env: Record<string, string> = {}) =>
  async (url: string): Promise<string> =>
    (await execa(program, [...options, url], { env, timeout: 60_000, stripFinalNewline: false })).stdout;

const withoutTls = (url: string): string => `${url}${url.includes('?') ? '&' : '?'}sslmode=disable`;

describe('drivers of other languages', { tags: 'full', timeout: 500_000 }, () => {
  test.for(['psycopg', 'asyncpg'])('%s', async (driver, { skip }) => {
    const packages = path.join(folder, driver);
    const wanted = driver === 'psycopg' ? ['psycopg[binary]==3.3.9'] : ['asyncpg==0.32.0'];
    skipWhere(
      skip,
      await notFetched(['python3', ['-m', 'pip', 'install', '--quiet', '--target', packages, ...wanted]]),
    );
    const work = printedBy('python3', [fixture(`with_${driver}.py`)], { PYTHONPATH: packages });
    await expectSame(work, withoutTls(stack.databaseUrl('owner')));
  });

  test.for([
    ['pgx', 'github.com/jackc/pgx/v5@v5.7.6'],
    ['pq', 'github.com/lib/pq@v1.10.9'],
  ] as const)('%s', async ([driver, module], { skip }) => {
    const cwd = path.join(folder, driver);
    mkdirSync(cwd);
    cpSync(fixture(`with_${driver}.go`), path.join(cwd, 'main.go'));
    const where = { cwd, env: { GOFLAGS: '-mod=mod', GOPATH: path.join(folder, 'go') } };
    const steps = [
      ['mod', 'init', 'driver'],
      ['get', module],
      ['build', '-o', 'driver', '.'],
    ];
    const commands = steps.map((step): [string, string[], Where] => ['go', step, where]);
    skipWhere(skip, await notFetched(...commands));
    await expectSame(printedBy(path.join(cwd, 'driver'), []), withoutTls(stack.databaseUrl('owner')));
  });

  test('pgjdbc', async ({ skip }) => {
    const copy = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy';
    const options = ['-q', copy, '-Dartifact=org.postgresql:postgresql:42.7.8', `-DoutputDirectory=${folder}`];
    skipWhere(skip, await notFetched(['mvn', options, { cwd: folder, env: {} }]));
    const url = new URL(withoutTls(stack.databaseUrl('owner')));
    const jdbc = (text: string): string => {
      const { host, pathname, username, password } = new URL(text);
      return `jdbc:postgresql://${host}${pathname}?user=${username}&password=${password}&sslmode=disable`;
    };
    const work = printedBy('java', ['-cp', path.join(folder, 'postgresql-42.7.8.jar'), fixture('WithPgjdbc.java')]);
    await expectSame((text) => work(jdbc(text)), url.href);
  });
});
