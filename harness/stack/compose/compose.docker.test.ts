import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engineUsage } from '../../collect/engine-usage.ts';
import { readProcessTable, treeCounter } from '../../collect/process-usage.ts';
import { waitUntil } from '../../system/wait.ts';
import { createWorkspace, type Workspace } from '../../system/workspace.ts';
import { startService } from '../../launch/launch.ts';
import type { StartedService } from '../../launch/started-service.ts';
import { defaultStackSpec } from '../spec.ts';
import type { Component, StackSpec, StartedStack } from '../stack.ts';
import { expectRoles } from '../fixtures/roles.ts';
import { startStack } from '../start.ts';
import { leftOf } from './fixtures/left.ts';

let workspace: Workspace;
let logsFolder = '';

beforeAll(async () => {
  workspace = await createWorkspace('compose test');
  logsFolder = mkdtempSync(path.join(tmpdir(), 'pgsurge-test-logs-'));
});

afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
  rmSync(logsFolder, { recursive: true, force: true });
  const left = await leftOf(workspace.id);
  if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
});

const start = (spec: Partial<StackSpec> = {}, provider = 'compose'): Promise<StartedStack> =>
  startStack(
    provider,
    { ...defaultStackSpec, ...spec },
    { workspace, logsFolder: path.join(logsFolder, provider), log: () => undefined },
  );

const ask = async <Row extends pg.QueryResultRow>(connectionString: string, statement: string): Promise<Row[]> => {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
};

const componentOf = (
  { components }: { components: readonly Component[] },
  name: Component['name'],
  instance = 0,
): Component => {
  const found = components.find((component) => component.name === name && component.instance === instance);
  if (found === undefined) throw new Error(`no component ${name} ${instance}`);
  return found;
};

const container = (component: Component): { id: string; pid: number } => {
  const usage = component.usage();
  if (usage?.kind !== 'container' || usage.pid === null)
    throw new Error(`${component.name} is down, or not on this machine`);
  return { id: usage.id, pid: usage.pid };
};

describe("a stack with the healthy service's settings", () => {
  let stack: StartedStack;
  beforeAll(async () => {
    stack = await start();
  });
  afterAll(async () => {
    await stack[Symbol.asyncDispose]();
  });

  test('every role logs in, none more than it should be; a wrong password is refused', async () => {
    await expectRoles(stack, ask);
    for (const url of [stack.databaseUrl('app'), stack.serviceUrl('pooler', 'app')])
      await expect(ask(url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow(
        /password authentication failed|SASL/,
      );
  });

  test('its settings are those of the local stack', async () => {
    await using local = await start({}, 'local');
    const ownToPgbouncer = /^pgbouncer\./;
    for (const [name, value] of Object.entries(local.settings)) {
      if (!ownToPgbouncer.test(name) || name in stack.settings)
        expect.soft(String(stack.settings[name]), name).toBe(String(value));
    }
    expect(stack.versions).toMatchObject({
      postgres: expect.stringMatching(/^18\./),
      pgbouncer: expect.stringMatching(/^1\.(2[1-9]|[3-9]\d)/),
      docker: expect.stringMatching(/^\d/),
    });
  });

  test('no secret in logs, settings or pg_stat_statements', async () => {
    const secrets = [
      stack.databaseUrl('owner'),
      stack.databaseUrl('app'),
      stack.databaseUrl('listen'),
      stack.databaseUrl('probe'),
      stack.poolers[0]?.adminUrl ?? '',
    ].map((url) => new URL(url).password);
    for (const { logFile } of stack.components) {
      const log = readFileSync(logFile as string, 'utf8');
      expect(log.length).toBeGreaterThan(100);
      expect(secrets.filter((secret) => secret === '' || log.includes(secret))).toEqual([]);
    }
    const statements = await ask<{ query: string }>(stack.databaseUrl('owner'), 'SELECT query FROM pg_stat_statements');
    const seen = JSON.stringify([stack.settings, statements]);
    expect(secrets.filter((secret) => seen.includes(secret))).toEqual([]);
  });

  test('the processes of a container and the engine count the same CPU', async () => {
    const { id, pid } = container(componentOf(stack, 'database'));
    const counter = treeCounter();
    const both = async (): Promise<[number, number]> => [
      counter.read(readProcessTable().treeOf(pid)).cpuSeconds,
      (await engineUsage(id)).cpuSeconds,
    ];
    const before = await both();
    await ask(stack.databaseUrl('owner'), 'SELECT sum(sqrt(i)) FROM generate_series(1, 6000000) AS i');
    await new Promise((resolve) => {
      setTimeout(resolve, 300);
    });
    const after = await both();
    const [tree, engine] = [after[0] - before[0], after[1] - before[1]];
    expect(engine).toBeGreaterThan(0.2);
    expect(Math.abs(tree - engine)).toBeLessThan(0.1 + engine * 0.1);
    expect((await engineUsage(id)).memoryBytes).toBeGreaterThan(10e6);
  });

  test('kill -9: down for all, started again with what was committed, its log goes on', async () => {
    const database = componentOf(stack, 'database');
    await ask(stack.databaseUrl('app'), 'CREATE TABLE acknowledged AS SELECT generate_series(1, 1000) AS id');
    await database.kill('SIGKILL');
    expect(database.usage()).toBeNull();
    await expect(ask(stack.databaseUrl('app'), 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
    await database.start();
    expect(await ask(stack.databaseUrl('app'), 'SELECT count(*)::int AS rows FROM acknowledged')).toEqual([
      { rows: 1000 },
    ]);
    await waitUntil(
      'the line of the recovery',
      () => readFileSync(database.logFile as string, 'utf8').includes('database system was not properly shut down'),
      { limitMs: 3000 },
    );
  });

  test('a pooler that was stopped (SIGSTOP) stands still, and goes on', async () => {
    const pooler = componentOf(stack, 'pooler');
    await pooler.kill('SIGSTOP');
    const query = ask(stack.serviceUrl('pooler', 'app'), 'SELECT 1 AS one');
    expect(
      await Promise.race([
        query.catch(() => 'failed'),
        new Promise((resolve) => {
          setTimeout(resolve, 400, 'waits');
        }),
      ]),
    ).toBe('waits');
    await pooler.kill('SIGCONT');
    expect(await query).toEqual([{ one: 1 }]);
  });
});

describe('the service in containers', () => {
  let stack: StartedStack;
  let service: StartedService;
  beforeAll(async () => {
    stack = await start({ proxies: true, databaseLinkLatencyMs: 20 });
    service = await startService(
      stack,
      {
        replicas: 3,
        route: 'pooler',
        settings: {},
        release: null,
        otlpUrl: 'http://127.0.0.1:4318',
        seed: 1,
        timeScale: 1,
      },
      { workspace, logsFolder, log: () => undefined },
    );
  });
  afterAll(async () => {
    await service?.[Symbol.asyncDispose]();
    await stack?.[Symbol.asyncDispose]();
  });

  const createJob = async (): Promise<number> => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': `key-${Math.random()}` };
    return (
      await fetch(`${service.url}/jobs`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ tenant: 'tenant-1', title: 'one', pages: 1, payload: 'x' }),
      })
    ).status;
  };

  test('serves through front, replicas, proxies and pooler, on links with the stated latency', async () => {
    expect(await createJob()).toBe(201);
    expect(await service.alive()).toBe(true);
    const before = performance.now();
    await ask(stack.serviceUrl('direct', 'app'), 'SELECT 1');
    expect(performance.now() - before).toBeGreaterThan(60);
    const containers = service.components.map((component) => container(component).id);
    expect(new Set(containers).size).toBe(4);
  });

  test('a replica that dies by itself is started again; one that the harness killed stays down until it is started', async () => {
    const replica = componentOf(service, 'service', 1);
    const { pid } = container(replica);
    process.kill(pid, 'SIGKILL');
    await waitUntil(
      'the replica',
      async () => replica.usage() !== null && container(replica).pid !== pid && (await service.alive()),
      { limitMs: 15_000 },
    );
    await replica.kill('SIGKILL');
    await new Promise((resolve) => {
      setTimeout(resolve, 1500);
    });
    expect(replica.usage()).toBeNull();
    await replica.start();
    expect(await service.alive()).toBe(true);
  });

  test('a restart takes other settings', async () => {
    const seen = async (): Promise<string[]> => {
      const { stdout } = await execa('docker', [
        'inspect',
        '-f',
        '{{range .Config.Env}}{{println .}}{{end}}',
        container(componentOf(service, 'service')).id,
      ]);
      return stdout.split('\n').filter((line) => line.startsWith('PGSURGE_SERVICE_SETTINGS='));
    };
    await service.restart({ maxOpenJobs: 7 });
    expect((await seen())[0]).toContain('"maxOpenJobs":7');
    expect(await createJob()).toBe(201);
  });
});

test('two poolers, each with its own port, log and pool', async () => {
  await using stack = await start({ poolers: 2, pooler: { ...defaultStackSpec.pooler, poolSize: 3 } });
  expect(stack.poolers.map(({ logFile }) => path.basename(logFile ?? ''))).toEqual([
    'pgbouncer-1.log',
    'pgbouncer-2.log',
  ]);
  for (const { port } of stack.poolers) {
    expect(
      await ask(stack.serviceUrl('pooler', 'app').replace(/:\d+\/app$/, `:${port}/app`), 'SELECT 1 AS one'),
    ).toEqual([{ one: 1 }]);
  }
});

test("a start that fails says why in Postgres' own words, and leaves nothing", async () => {
  await expect(start({ postgres: { shared_buffers: 'nonsense' } })).rejects.toThrow(
    /Postgres ended while it started \(exit 1\): .*invalid value for parameter "shared_buffers"/,
  );
  expect(await leftOf(workspace.id)).toEqual([]);
});
