/** The stack as a person starts it, by docker compose alone, on the host's network. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { histogramsOf, seriesOf } from '../../measure/tracks/observations.ts';
import type { RunResult } from '../../result.ts';
import { loadSavedObservations } from '../../archive/saved-observations.ts';
import { isPortFree } from '../../system/ports.ts';
import { projectFolder } from './project.ts';

const ports = [25_601, 25_602, 25_603, 25_610, 25_611, 25_612, 8080];
const overlay = ['--file', 'docker-compose.yml', '--file', 'docker-compose.host.yml'];
const folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-test-alone-'));
const env = { PGSURGE_REPLICAS: '3', PGSURGE_OTLP_URL: 'http://127.0.0.1:4318' };

const compose = async (...args: string[]): Promise<string> =>
  (
    await execa('docker', ['compose', '--project-name', 'pgsurge-alone-test', ...args], {
      cwd: projectFolder,
      timeout: 120_000,
      env,
      stdin: 'ignore',
    })
  ).stdout;

beforeAll(async () => {
  for (const port of [...ports, 4318])
    if (!(await isPortFree(port))) throw new Error(`port ${port} must be free for this test`);
  await compose(...overlay, 'up', '--detach', '--build', '--wait');
});
afterAll(async () => {
  await compose(...overlay, '--profile', '*', 'down', '--volumes', '--timeout', '1');
  rmSync(folder, { recursive: true, force: true });
});

/** Addresses that this machine listens on at one of the ports, as the kernel writes them. */
const listening = (): { address: string; port: number }[] =>
  ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A')
      .map(([, local = '']) => ({
        address: local.split(':')[0] ?? '',
        port: Number.parseInt(local.split(':')[1] ?? '', 16),
      }))
      .filter(({ port }) => ports.includes(port)),
  );

test('every part is healthy, and the front sends to as many replicas as were asked for', async () => {
  expect(await (await fetch('http://127.0.0.1:8080/front/ready')).json()).toMatchObject({ ready: 3, replicas: 3 });
  const client = new pg.Client('postgres://app:app@127.0.0.1:25602/app');
  await client.connect();
  expect((await client.query('SELECT count(*)::int AS jobs FROM jobs')).rows).toEqual([{ jobs: 0 }]);
  await client.end();
});

test('the overlay alone listens on loopback only; docker/host.env gives the same stack', async () => {
  const loopback = ['0100007F', '00000000000000000000000001000000'];
  expect(new Set(listening().map(({ port }) => port))).toEqual(new Set(ports));
  expect(listening().filter(({ address }) => !loopback.includes(address))).toEqual([]);
  expect(await compose('--env-file', 'docker/host.env', 'config')).toBe(await compose(...overlay, 'config'));
});

test('pgsurge runs against it from outside, as docs/compose.md says, and every source speaks', async () => {
  const written = readFileSync(path.join(projectFolder, 'docs/compose.md'), 'utf8');
  const command =
    /^ {4}pgsurge (run \S+ --stack external (?:.*\\\n)*.*)$/m
      .exec(written)?.[1]
      ?.replaceAll('\\\n', ' ')
      .trim()
      .split(/\s+/) ?? [];
  const { stdout } = await execa(
    process.execPath,
    ['bin/pgsurge.mjs', ...command, '--profile', 'smoke', '--reports', folder, '--json'],
    { cwd: projectFolder, reject: false, timeout: 150_000 },
  );
  const {
    state,
    id,
    scenarios: [entry],
  } = JSON.parse(stdout) as RunResult;
  expect([state, entry?.state]).toEqual(['finished', 'finished']);
  // A busy machine may make times fail; what was seen it cannot change.
  for (const criterion of [
    'database-connections',
    'idle-in-transaction',
    'query-p95',
    'connection-timeouts',
    'api-p95',
    'goodput',
  ]) {
    expect.soft(entry?.criteria.find((one) => one.id === criterion)?.count ?? 0, criterion).toBeGreaterThan(0);
  }
  const observations = await loadSavedObservations(path.join(folder, id), entry?.entry ?? '');
  if (observations === null) throw new Error('nothing was observed');
  // The pooler's log is inside the container: it is no source of such a run, and so none that was lost.
  expect(observations.sources.filter(({ ok }) => !ok)).toEqual([]);
  for (const name of [
    'http_reqs',
    'postgres.sessions',
    'postgres.statements.calls',
    'pooler.servers',
    'pooler.queries',
    'db.client.connection.count',
    'db.client.operation.duration',
  ]) {
    expect.soft(seriesOf(observations, name).length + histogramsOf(observations, name).length, name).toBeGreaterThan(0);
  }
});
