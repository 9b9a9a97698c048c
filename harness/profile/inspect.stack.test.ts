import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PgsurgeError } from '../errors.ts';
import { resolveK6 } from '../tools/k6.ts';
import type { Tool } from '../tools/tool.ts';
import { inspectScenario } from './inspect.ts';
import { listScenarioFiles } from './plan.ts';

const scenarios = fileURLToPath(new URL('../../scenarios', import.meta.url));
const files = ['matrix', 'incidents', 'chaos'].flatMap((group) => {
  try {
    return readdirSync(path.join(scenarios, group))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => path.join(scenarios, group, name));
  } catch {
    return [];
  }
});

let k6: Tool;
let folder: string;
beforeAll(async () => {
  k6 = await resolveK6(() => undefined);
  folder = mkdtempSync(path.join(scenarios, '../.inspect-test-'));
  mkdirSync(path.join(folder, 'matrix'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each(files.map((file) => [path.relative(scenarios, file), file]))(
  '%s declares what can be run',
  async (name, file) => {
    const { declaration, scenarioHash } = await inspectScenario(file, k6);
    expect(`${declaration.group}/${declaration.id}.ts`).toBe(name);
    expect(scenarioHash).toMatch(/^[0-9a-f]{16}$/);
  },
);

test('the rows of the matrix differ in active jobs and in the lengths of their phases, and in nothing else', async () => {
  const rows = await Promise.all(
    ['baseline', '2x', '5x', 'burst'].map((id) => inspectScenario(path.join(scenarios, 'matrix', `${id}.ts`), k6)),
  );
  const services = rows.map(({ declaration: { environment, load, variants, steps, seeds } }) => {
    const { phases: _, ...rest } = load;
    return { environment, load: rest, variants, steps, seeds };
  });
  for (const service of services) expect(service).toEqual(services[0]);
  for (const { id, file } of listScenarioFiles().filter(({ group }) => group === 'matrix'))
    expect(readFileSync(file, 'utf8'), id).toContain("export { activeJob, interactive } from '../lib/journeys.ts';");
});

test("the matrix is whole, in the seed's own lengths: 5.5 hours with the rest, warm-up apart", async () => {
  const declared = await Promise.all(
    ['baseline', '2x', '5x', 'burst'].map((id) => inspectScenario(path.join(scenarios, 'matrix', `${id}.ts`), k6)),
  );
  const seconds = declared
    .flatMap(({ declaration }) => declaration.load.phases)
    .filter(({ kind }) => kind !== 'warmup')
    .reduce((total, { fullSeconds }) => total + fullSeconds, 0);
  expect(seconds).toBe(5.5 * 3600);
});

test('every scenario is sound TypeScript for k6', async () => {
  const root = path.dirname(scenarios);
  const { stdout, exitCode } = await execa(path.join(root, 'node_modules/.bin/tsc'), ['--noEmit', '-p', scenarios], {
    reject: false,
  });
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 0 });
});

const write = (name: string, text: string): string => {
  const file = path.join(folder, 'matrix', name);
  writeFileSync(file, text);
  return file;
};
const define = (change: string): string => `
  import { defineScenario } from '../../scenarios/lib/define.ts';
  const declaration = {
    schema: 'pgsurge.scenario/1', id: 'tried', group: 'matrix', title: 'x', purpose: 'x', seeds: [], environment: {},
    load: {
      phases: [{ name: 'steady', kind: 'steady', fullSeconds: 5, floorSeconds: 5, activeJobs: 1 }],
      interactivePerSecond: 1,
    },
    variants: [{ name: 'healthy', title: 'x', expected: 'pass' }], criteria: [],
  };
  ${change}
  export const options = defineScenario(declaration);
  export default () => {};`;

test.each([
  [
    'does not compile',
    'tried.ts',
    'export const options = {,};',
    'scenario tried.ts does not load: tried.ts: Line 1:24 Expected identifier but found ","',
  ],
  [
    'imports what is not there',
    'tried.ts',
    "import './gone.ts'; export default () => {};",
    'scenario tried.ts does not load: The moduleSpecifier "./gone.ts" couldn\'t be found on local disk.',
  ],
  ['throws', 'tried.ts', "throw new Error('no such day');", 'scenario tried.ts does not load: no such day'],
  [
    'declares nothing',
    'tried.ts',
    'export default () => {};',
    'scenario tried.ts declares nothing: its options must come from defineScenario',
  ],
  [
    'has a function in its declaration',
    'tried.ts',
    define('declaration.load.pace = () => 1;'),
    'scenario tried.ts does not load: error parsing script options: json: unsupported type: func',
  ],
  [
    'declares nonsense',
    'tried.ts',
    define('declaration.variants = [];'),
    'scenario tried.ts: variants: is empty: a scenario has at least one variant',
  ],
  [
    'has another id than its file',
    'other.ts',
    define(''),
    'scenario other.ts: id "tried" is not the file\'s name; call it "other"',
  ],
  [
    'has another group than its folder',
    'tried.ts',
    define("declaration.group = 'chaos';"),
    'scenario tried.ts: group "chaos" is not its folder\'s name "matrix"',
  ],
])('a script that %s', async (_, name, text, message) => {
  const error = await inspectScenario(write(name, text), k6).then(
    () => {
      throw new Error('it was taken');
    },
    (thrown: PgsurgeError) => thrown,
  );
  expect(error.message).toContain(message);
  expect(error.message).not.toContain('\n');
  expect(error.exitCode).toBe(2);
});

test('the hash follows the script and the library it stands on', async () => {
  const { scenarioHash } = await inspectScenario(write('tried.ts', define('')), k6);
  const { scenarioHash: again } = await inspectScenario(write('tried.ts', define('')), k6);
  const { scenarioHash: other } = await inspectScenario(write('tried.ts', define("declaration.title = 'y';")), k6);
  expect([again === scenarioHash, other === scenarioHash]).toEqual([true, false]);
});
