/** The tap before a real Postgres: what it tells is what was done; cancel, TLS and replication pass. */
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConnectionState } from './figures/figures.ts';
import { at, startDatabase } from './fixtures/through.ts';
import { int32 } from './fixtures/wire.ts';
import { openTap, ways } from './fixtures/ways.ts';
import type { Tap } from './tap.ts';
import type { StartedStack } from '../stack/stack.ts';
import { unprivilegedUser } from '../system/users.ts';
import { waitUntil } from '../system/wait.ts';

let stack: StartedStack;
let folder: string;

/** A certificate of its own, that the server's user may read. */
const makeCertificate = async (): Promise<Record<string, string>> => {
  const [key, certificate] = ['server.key', 'server.crt'].map((name) => path.join(folder, name)) as [string, string];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
  await execa('openssl', [...request, '-keyout', key, '-out', certificate]);
  const user = unprivilegedUser();
  if (user !== null) for (const file of [folder, key, certificate]) chownSync(file, user.uid, user.gid);
  return { ssl: 'on', ssl_key_file: key, ssl_cert_file: certificate };
};

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-tap-tls-'));
  stack = await startDatabase({ postgres: await makeCertificate() });
});
afterAll(async () => {
  await stack[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const url = (): string => stack.databaseUrl('owner');
/** What has no other reason is tried with the forwarder, where there is one. */
const open = (mode = 'disable', way = ways.at(-1)!): Promise<Tap> =>
  openTap(way, `postgres://127.0.0.1:${new URL(url()).port}?sslmode=${mode}`);

const connected = async (port: number, options: pg.ClientConfig = {}): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: at(url(), port), ...options });
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

test.each(ways)('what it tells is what was done, %s', async (way) => {
  await using tap = await open('disable', way);
  const client = await connected(tap.port, { application_name: 'shop' });
  await client.query('BEGIN');
  await sleep(200);
  await client.query('SELECT pg_sleep(0.3)');
  expect((await tap.figures()).groups[0]!.connections).toMatchObject({ 'idle in transaction': 1, idle: 0 });
  await client.query('COMMIT');
  await sleep(150);
  for (let error = 0; error < 7; error += 1) await client.query('SELECT 1/0').catch(() => undefined);
  await client.query('LISTEN a');
  await client.query('SET statement_timeout = 5000');
  const [group] = (await tap.figures()).groups;
  expect(group).toMatchObject({ application: 'shop', opened: 1, acquisitions: 10, connections: { idle: 1 } });
  expect(group!.holdSeconds.transaction.count).toBe(1);
  expect(group!.holdSeconds.transaction.sum / 0.5).toBeCloseTo(1, 0.8);
  expect(group!.gapSeconds.max / 0.2).toBeCloseTo(1, 0.8);
  // A connection that is kept and idle outside a transaction looks like one in the pool.
  expect(group!.stateSeconds.idle).toBeGreaterThan(0.15);
  expect(group!.errors).toEqual([{ sqlstate: '22012', family: 'sql', severity: 'ERROR', count: 7 }]);
  expect(group!.sessionState).toEqual({ listen: 1, set: 1 });
  const text = await (await fetch(`${tap.metricsUrl}/metrics`)).text();
  expect(text).toContain('sqlstate="22012",family="sql",severity="ERROR"} 7\n');
  await client.end();
});

/** Until a statement of it sleeps. The tap has passed it on before, and a cancel of what has not begun is lost. */
const serverWorks = async (application: string): Promise<void> => {
  const watcher = await connected(Number(new URL(url()).port));
  const sleeping = "SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND application_name = $1";
  const works = async (): Promise<boolean> => (await watcher.query(sleeping, [application])).rowCount === 1;
  await waitUntil('the statement at work', works, { limitMs: 5000, everyMs: 10 });
  await watcher.end();
};

test.each(ways)('a cancel request, and a client that vanishes in mid-query, %s', async (way) => {
  await using tap = await open('disable', way);
  const inState = (state: ConnectionState): Promise<unknown> =>
    waitUntil(state, async () => (await tap.figures()).groups[0]!.connections[state] === 1, {
      limitMs: 5000,
      everyMs: 10,
    });
  const client = await connected(tap.port, { application_name: way });
  const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
  const failed = client.query('SELECT pg_sleep(30)').catch((error: { code: string }) => error.code);
  await inState('active');
  await serverWorks(way);
  const cancel = connect(tap.port, '127.0.0.1');
  cancel.end(Buffer.concat([int32(16), int32(80877102), int32(processID), int32(secretKey)]));
  expect(await failed).toBe('57014');
  expect(await tap.figures()).toMatchObject({ cancels: 1, groups: [{ errors: [{ sqlstate: '57014', count: 1 }] }] });
  // The error arrives before the server is ready again.
  await inState('idle');
  void client.query('SELECT pg_sleep(30)').catch(() => undefined);
  await inState('active');
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  const vanished = async (): Promise<boolean> => (await tap.figures()).groups[0]!.vanished.length > 0;
  await waitUntil('the end', vanished, { limitMs: 5000, everyMs: 10 });
  expect((await tap.figures()).groups[0]!.vanished).toEqual([{ side: 'client', state: 'active', count: 1 }]);
});

test('an upstream that is not there is counted, and the client is told at once', async () => {
  await using tap = await openTap(ways.at(-1)!, 'postgres://127.0.0.1:1');
  await expect(connected(tap.port)).rejects.toThrow(/ECONNRESET|terminated/);
  expect((await tap.figures()).refused).toBe(1);
});

test('TLS upstream, plain client: node-pg, and libpq, which refuses an offer bound to a TLS it has not', async () => {
  await using tap = await open('require');
  const client = await connected(tap.port);
  const { rows } = await client.query<{ ssl: boolean }>('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
  expect(rows).toEqual([{ ssl: true }]);
  await client.end();
  const options = ['-XAtc', 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'];
  const psql = await execa('psql', [at(url(), tap.port), ...options], { reject: false });
  if (psql.code !== 'ENOENT') expect(psql).toMatchObject({ stdout: 't' });
  expect(await tap.figures()).toMatchObject({ unseen: {}, notUnderstood: 0, refused: 0 });
});

test('a client that insists on TLS: told No once, then it speaks with the server itself, unseen', async () => {
  await using tap = await open('require');
  const ssl = { rejectUnauthorized: false };
  await expect(connected(tap.port, { ssl })).rejects.toThrow(/does not support SSL/);
  const client = await connected(tap.port, { ssl });
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await client.end();
  expect(await tap.figures()).toMatchObject({ unseen: { tls: 1 }, groups: [] });
});

test('a certificate that nobody vouches for is refused where it is to be verified', async () => {
  await using tap = await open('verify-full');
  await expect(connected(tap.port)).rejects.toThrow(/ECONNRESET|terminated/);
  expect((await tap.figures()).refused).toBe(1);
});

test('replication passes unread', async () => {
  await using tap = await open();
  const client = await connected(tap.port, { replication: 'database' } as pg.ClientConfig);
  expect((await client.query('IDENTIFY_SYSTEM')).rows).toHaveLength(1);
  await client.end();
  expect(await tap.figures()).toMatchObject({ unseen: { replication: 1 }, groups: [], notUnderstood: 0 });
});

const pgbench = process.env['PGBENCH_BIN'] ?? 'pgbench';

const modes = ['simple', 'extended', 'prepared'];
const modesByWays = ways.flatMap((way) => modes.map((mode) => [mode, way] as const));

test.for(modesByWays)('pgbench -M %s, %s', { tags: 'full' }, async ([mode, way], { skip }) => {
  const found = await execa(pgbench, ['--version'], { reject: false });
  if (found.failed) skip('pgbench is not here: set PGBENCH_BIN');
  await using tap = await open('disable', way);
  await execa(pgbench, ['-i', '-q', url()]);
  const run = await execa(pgbench, ['-n', '-M', mode, '-c', '8', '-t', '100', at(url(), tap.port)]);
  expect(run.stdout).toContain('transactions actually processed: 800/800');
  const group = (await tap.figures()).groups.find(({ application }) => application === 'pgbench')!;
  const counts = Object.entries(group.statementSeconds).map(([kind, { count }]) => [kind, count]);
  expect(Object.fromEntries(counts)).toMatchObject({ BEGIN: 800, UPDATE: 2400, INSERT: 800, COMMIT: 800 });
  expect(group.holdSeconds.transaction.count).toBe(800);
  expect(await tap.figures()).toMatchObject({ notUnderstood: 0, unseen: {} });
});
