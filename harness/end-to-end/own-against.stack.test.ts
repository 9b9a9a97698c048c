/**
 * `run --against REF` for a team's own service: two commits of the shop of examples/node, both started by the config's
 * command, taking turns on one machine. The second made its list slow.
 * @module-tag full
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PgsurgeConfig } from '../config/config.ts';
import { listResidue } from '../system/residue.ts';
import { onlyRun, pgsurge, reportsFolder, stateOfTheirOwn } from './runs.ts';

const root = path.join(import.meta.dirname, '../..');
const state = stateOfTheirOwn();
let folder = '';

const config: PgsurgeConfig = {
  name: 'shop',
  service: {
    command: 'node server.js',
    migrate: 'node migrate.js',
    ready: '/health',
    processes: { worker: { command: 'node worker.js' } },
  },
  load: { script: 'load/list.js', options: ['--vus', '5', '--duration', '4s'] },
};
const list = "import http from 'k6/http';\nexport default () => void http.get(`${__ENV.TARGET_URL}/orders`);\n";

const inShop = (name: string): string => path.join(folder, name);

const git = (...args: string[]): Promise<unknown> =>
  execa('git', ['-c', 'user.name=shop', '-c', 'user.email=shop@localhost', '-C', folder, ...args]);

const commit = async (message: string): Promise<void> => {
  await git('add', '--all');
  await git('commit', '--quiet', '--message', message);
};

const makeSlow = (): void => {
  const file = inShop('orders.js');
  const text = readFileSync(file, 'utf8');
  const head = 'export const newestOrders = async () => {\n';
  expect(text).toContain(head);
  writeFileSync(file, text.replace(head, `${head}  await new Promise((resolve) => setTimeout(resolve, 60));\n`));
};

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-shop-'));
  const isSource = (source: string): boolean => !/node_modules|reports/.test(path.relative(root, source));
  cpSync(path.join(root, 'examples/node'), folder, { recursive: true, filter: isSource });
  rmSync(inShop('pgsurge.config.ts'));
  writeFileSync(inShop('pgsurge.config.json'), JSON.stringify(config));
  writeFileSync(inShop('load/list.js'), list);
  writeFileSync(inShop('.gitignore'), 'node_modules\n');
  symlinkSync(path.join(root, 'node_modules'), inShop('node_modules'));
  await git('init', '--quiet');
  await commit('as it was');
  makeSlow();
  await commit('the list is slow');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  state[Symbol.dispose]();
});

test(
  'both releases run, in turns, and what got slower with the second is a regression',
  { timeout: 240_000 },
  async () => {
    using reports = reportsFolder();
    const asked = ['run', '--against', 'HEAD~1', '--repeats', '6', '--config', inShop('pgsurge.config.json')];
    const { exitCode, all } = await pgsurge([...asked, '--reports', reports.folder]);
    const { folder: runFolder, run } = onlyRun(reports.folder);
    expect(run.scenarios.map(({ release, repeat, state: reached }) => [release, repeat, reached])).toEqual(
      [1, 2, 3, 4, 5, 6].flatMap((repeat) => {
        const releases = repeat % 2 === 1 ? ['base', 'head'] : ['head', 'base'];
        return releases.map((release) => [release, repeat, 'finished']);
      }),
    );
    const msOf = (wanted: string): number[] =>
      run.scenarios.filter(({ release }) => release === wanted).map(({ figures }) => figures['apiMsP50'] ?? NaN);
    expect(Math.min(...msOf('head')), all).toBeGreaterThan(Math.max(...msOf('base')) + 30);
    expect(all).toMatch(/interactive latency p95/);
    expect(exitCode, all).toBe(1);
    expect(readFileSync(path.join(runFolder, 'compare.html'), 'utf8')).toContain('<svg');
    expect(listResidue()).toEqual([]);
  },
);

test('a revision that is none is told before anything starts', async () => {
  using reports = reportsFolder();
  const asked = ['run', '--against', 'no-such-release', '--config', inShop('pgsurge.config.json')];
  const { exitCode, all } = await pgsurge([...asked, '--reports', reports.folder]);
  expect(all).toMatch(/--against no-such-release: there is no such folder, and no such revision/);
  expect(exitCode).toBe(2);
});
