/** A team's service as processes: its trees, and what is said where it does not start. No database is asked. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ServiceConfig } from '../config/config.ts';
import { ownServiceOf } from '../config/own-service.ts';
import type { Component, StartedStack } from '../stack/stack.ts';
import { isAlive, processTree, processStat, type ProcessIdentity } from '../system/proc.ts';
import { isPortFree } from '../system/ports.ts';
import { waitUntil } from '../system/wait.ts';
import { createWorkspace, type Workspace } from '../system/workspace.ts';
import { startOwnService } from './own-service.ts';
import type { StartedService } from './started-service.ts';

let folder = '';
let workspace: Workspace;
const said: string[] = [];
beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'pgsurge-own-'));
  process.env['PGSURGE_STATE_DIR'] = path.join(folder, 'state');
  workspace = await createWorkspace('own service test');
  said.length = 0;
});
afterEach(async () => {
  await workspace[Symbol.asyncDispose]();
  delete process.env['PGSURGE_STATE_DIR'];
  rmSync(folder, { recursive: true, force: true });
});

const databaseUrl = 'postgres://app:se%20cret@127.0.0.1:5432/app';
const stack = { serviceUrl: () => databaseUrl } as unknown as StartedStack;
const spec = { route: 'pooler', otlpUrl: 'http://127.0.0.1:4318' } as never;

const start = (config: Omit<ServiceConfig, 'command'> & { command: string | string[] }): Promise<StartedService> => {
  const context = {
    workspace,
    logsFolder: path.join(folder, 'logs'),
    log: (line: string) => void said.push(line),
    spec,
  };
  return startOwnService(stack, ownServiceOf({ ready: { seconds: 5 }, ...config }, folder), context);
};

const program = (name: string, text: string): string => {
  writeFileSync(path.join(folder, name), text);
  return name;
};

/** Answers on PORT, and has so many children that have one child each. */
const family = (children: number): string =>
  program(
    'server.mjs',
    `import { spawn } from 'node:child_process';
     import http from 'node:http';
     if (process.argv[2] === 'child') {
       spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
       setInterval(() => {}, 1000);
     } else {
       const again = [import.meta.filename, 'child'];
       for (let n = 0; n < ${children}; n += 1) spawn(process.execPath, again, { stdio: 'ignore' });
       const statusOf = (url) => (url === '/health' ? 200 : 404);
       http.createServer((q, r) => r.writeHead(statusOf(q.url)).end(process.env.WHO)).listen(process.env.PORT);
     }`,
  );

const rootOf = (component: Component): number => (component.usage() as unknown as { pid: number }).pid;
const treeOf = (component: Component): ProcessIdentity[] => processTree(rootOf(component));
const states = (members: readonly ProcessIdentity[]): string[] =>
  members.map(({ pid }) => processStat(pid)?.state ?? '-');

const whole = async (component: Component, size: number): Promise<ProcessIdentity[]> => {
  await waitUntil('the whole family', () => treeOf(component).length >= size, { limitMs: 5000, everyMs: 20 });
  return treeOf(component);
};

describe('the whole tree', () => {
  test('behind npm-like shells: measured, frozen, killed, started again, stopped', async () => {
    const service = await start({ command: `node ${family(2)} & wait`, ready: '/health' });
    const [component] = service.components as [Component];
    // The shell, the server, two children and theirs.
    const members = await whole(component, 6);
    expect(await service.alive()).toBe(true);
    await component.kill('SIGSTOP');
    expect(new Set(states(members))).toEqual(new Set(['T']));
    await component.kill('SIGCONT');
    await component.kill('SIGKILL');
    expect(members.filter(isAlive)).toEqual([]);
    await component.start();
    expect(await service.alive()).toBe(true);
    const again = await whole(component, 6);
    await service.restart();
    expect(again.filter(isAlive)).toEqual([]);
    const last = await whole(component, 6);
    await service[Symbol.asyncDispose]();
    expect(last.filter(isAlive)).toEqual([]);
  });

  test('what left for a session and a parent of its own is stopped and measured too', async () => {
    program('daemon.sh', `setsid sh -c 'sleep 1000 & sleep 1000 & exit 0'; exec node ${family(0)}`);
    const service = await start({ command: 'sh daemon.sh', ready: '/health' });
    const [component] = service.components as [Component];
    const sleepers = (): string[] => [...(component.usage() as unknown as { others: number[] }).others].map(String);
    await waitUntil('the sleepers', () => sleepers().length >= 2, { limitMs: 4000, everyMs: 100 });
    await service[Symbol.asyncDispose]();
    expect(processTreeOfFolder()).toEqual([]);
  });

  test('a stop passes on the orderly signal also where the root is a shell that does not', async () => {
    program(
      'slow.mjs',
      `import http from 'node:http';
       import { appendFileSync } from 'node:fs';
       http.createServer((q, r) => r.end('ok')).listen(process.env.PORT);
       process.on('SIGTERM', () => setTimeout(() => { appendFileSync('drained', 'x'); process.exit(0); }, 300));`,
    );
    const service = await start({ command: 'node slow.mjs & wait' });
    await service[Symbol.asyncDispose]();
    expect(readFileSync(path.join(folder, 'drained'), 'utf8')).toBe('x');
  });
});

const processTreeOfFolder = (): ProcessIdentity[] =>
  processTree(process.pid).filter(({ pid }) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(workspace.id);
    } catch {
      return false;
    }
  });

test('replicas behind one port, a worker beside them, each with what it is told', async () => {
  program(
    'worker.mjs',
    'console.log("works on", process.env.PGPASSWORD, process.argv[2]); setInterval(() => {}, 1000);',
  );
  const service = await start({
    command: ['node', family(0)],
    replicas: 2,
    ready: '/health',
    database: { url: 'DATABASE_URL', password: 'PGPASSWORD' },
    environment: { WHO: 'replica {replica}' },
    processes: { worker: { command: 'node worker.mjs {databaseName}', ready: { log: 'works on' } } },
  });
  const answers = await Promise.all([1, 2, 3, 4].map(async () => (await fetch(`${service.url}/`)).text()));
  expect(new Set(answers)).toEqual(new Set(['replica 0', 'replica 1']));
  expect(service.components.map(({ name }) => name)).toEqual(['service', 'service', 'service', 'front']);
  expect(readFileSync(path.join(folder, 'logs', 'worker-0.log'), 'utf8')).toBe('works on se cret app\n');
  await service.roll();
  expect(await service.alive()).toBe(true);
  const members = service.components.flatMap(treeOf);
  await service[Symbol.asyncDispose]();
  expect(members.filter(isAlive)).toEqual([]);
});

test('one that dies by itself is started again, and its end is told', async () => {
  const service = await start({ command: ['node', family(1)], ready: '/health' });
  const [component] = service.components as [Component];
  const members = await whole(component, 3);
  process.kill(rootOf(component), 'SIGKILL');
  await waitUntil('its end', () => component.exits!().length === 1, { limitMs: 3000 });
  await waitUntil('its start', () => service.alive(), { limitMs: 5000, everyMs: 50 });
  expect(component.exits!()).toMatchObject([{ how: 'SIGKILL' }]);
  expect(members.filter(isAlive)).toEqual([]);
  await service[Symbol.asyncDispose]();
});

describe('what does not start is told in one line (exit 4)', () => {
  const saidBy = async (config: Parameters<typeof start>[0]): Promise<string> => {
    const error = await start(config).then(
      () => new Error('it started'),
      (reason: unknown) => reason as Error,
    );
    expect(error).toMatchObject({ exitCode: 4 });
    expect(error.message).not.toContain('\n');
    return error.message;
  };
  const listening = (where: string): string =>
    program('listens.mjs', `import http from 'node:http'; http.createServer((q, r) => r.end()).listen(${where});`);

  test.each<[string, Omit<ServiceConfig, 'command'> & { command: string | string[] }, RegExp]>([
    ['no such program', { command: ['no-such-program'] }, /is no-such-program there, and may this user run it\?$/],
    [
      'no such command',
      { command: 'no-such-command' },
      /ended while it started \(exit 127\): .*no-such-command: not found$/,
    ],
    [
      'it exits, in its own words',
      { command: `node -e "throw new Error('SHOP_KEY is not set')"` },
      /^the process of the service ended while it started \(exit 1\): Error: SHOP_KEY is not set$/,
    ],
    ['it exits in silence', { command: 'exit 3' }, /^the process of the service ended while it started \(exit 3\)$/],
    [
      'the migration fails',
      { command: 'sleep 100', migrate: 'echo relation items does not exist >&2; exit 1' },
      /^the migration "echo .+" fails \(exit 1\): relation items does not exist$/,
    ],
  ])('%s', async (_what, config, words) => {
    expect(await saidBy(config)).toMatch(words);
  });

  test('a worker exits', async () => {
    const mails = { command: 'echo no queue >&2; exit 1' };
    expect(await saidBy({ command: `node ${family(0)}`, processes: { mails } })).toBe(
      'mails of the service ended while it started (exit 1): no queue',
    );
  });

  const soon = { ready: { path: '/', seconds: 1.5 } };

  test('it never listens', async () => {
    expect(await saidBy({ command: 'sleep 100', ...soon })).toMatch(/is ready .*: it listens on no port; see /);
  });

  test('it listens elsewhere', async () => {
    const [port] = await workspace.freePorts(1);
    expect(await saidBy({ command: `node ${listening(String(port))}`, ...soon })).toMatch(
      new RegExp(`: it listens on ${port}, not on \\d+ as PORT=\\d+ asked for; give service\\.port the name`),
    );
  });

  test('it answers, but never well', async () => {
    const command = `node ${family(0)}`;
    expect(await saidBy({ command, ready: { path: '/no-health', seconds: 1.5 } })).toMatch(
      /: it listens on \d+, but gives no such answer; see /,
    );
  });

  test('its port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await isPortFree(port)).toBe(false);
    expect(await saidBy({ command: 'sleep 100', port })).toMatch(
      new RegExp(`^port ${port}, which service\\.port says, is in use by process ${process.pid} \\(`),
    );
    server.close();
  });
});
