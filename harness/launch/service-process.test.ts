import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorkspace, type Workspace } from '../system/workspace.ts';
import { SupervisedProcess } from './service-process.ts';

let workspace: Workspace;
let folder: string;
beforeAll(async () => {
  workspace = await createWorkspace('service process test');
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-service-process-'));
});
afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const program = `
  for (const signal of ['SIGTERM', 'SIGINT'])
    process.on(signal, () => { console.log('told ' + signal); process.exit(0); });
  setInterval(() => undefined, 1000);
  console.log('serves');`;

const start = async (name: string): Promise<{ replica: SupervisedProcess; said(): Promise<string> }> => {
  const logFile = path.join(folder, `${name}.log`);
  const said = (): Promise<string> => readFile(logFile, 'utf8');
  const replica = new SupervisedProcess({
    component: 'service',
    instance: 0,
    title: 'replica 0',
    budget: null,
    logFile,
    isReady: async () => (await said()).includes('serves'),
    readyLimitMs: 10_000,
    supervise: true,
    log: () => undefined,
    spawn: () => workspace.spawn(name, process.execPath, ['-e', program], { logFile }),
  });
  await replica.start();
  return { replica, said };
};

test('who is stopped drains, and who is stopped for good is told that nobody asks any more', async () => {
  const rolled = await start('rolled');
  await rolled.replica.stop();
  expect(await rolled.said()).toBe('serves\ntold SIGTERM\n');
  const ended = await start('ended');
  await ended.replica.stop({ forGood: true });
  expect(await ended.said()).toBe('serves\ntold SIGINT\n');
  expect(ended.replica.component.exits?.()).toEqual([]);
});
