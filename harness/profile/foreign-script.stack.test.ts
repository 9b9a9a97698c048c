/** A stranger's script is looked at by k6 itself, with the variables and options that the run will have. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { k6OptionsOf } from '../tools/k6-arguments.ts';
import { resolveK6 } from '../tools/k6.ts';
import type { Tool } from '../tools/tool.ts';
import { inspectForeign, type ForeignScript } from './foreign-script.ts';
import { profiles } from './profiles.ts';

let k6: Tool;
let folder: string;
beforeAll(async () => {
  k6 = await resolveK6(() => undefined);
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-foreign-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  for (const name of ['K6_VUS', 'K6_DURATION', 'K6_API_USER']) delete process.env[name];
});

const write = (name: string, text: string): string => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
};

const context = { bounds: [], configured: [], environment: {}, purpose: '', profile: profiles.smoke };

const lookAtRows = (
  file: string,
  given: { env?: Record<string, string>; options?: string[] } = {},
  rows: string[] = [],
): Promise<ForeignScript[]> => {
  const variables = Object.entries(given.env ?? {}).map(([name, value]) => ({ name, value }));
  const inputs = { variables, options: k6OptionsOf(given.options ?? []) };
  return inspectForeign(file, k6, inputs, { ...context, rows });
};

const look = async (...given: Parameters<typeof lookAtRows>): Promise<ForeignScript> =>
  (await lookAtRows(...given))[0]!;

const secondsOf = async (file: string, given = {}): Promise<number> =>
  (await look(file, given)).declaration.load.phases[0]!.fullSeconds;

const run = 'export default function () {}\n';
const briefly = "export const options = { vus: 1, duration: '3s' };\n";

describe('variables', () => {
  const script = (): string =>
    write(
      'variables.js',
      `if (!__ENV.PAGES) throw new Error('PAGES must be set');
       if (!__ENV.K6_API_USER) throw new Error('K6_API_USER must be set');
       export const options = { vus: 2, duration: __ENV.PAGES + 's' };\n${run}`,
    );

  test('of the environment, and by -e, also those that only begin with K6_', async () => {
    process.env['K6_API_USER'] = 'ann';
    expect(await secondsOf(script(), { env: { PAGES: '7' } })).toBe(7);
    expect(await secondsOf(script(), { env: { PAGES: '9' } })).toBe(9);
  });

  test("one that is missing: the script's own words, and their line, in one line", async () => {
    await expect(look(script(), { env: { PAGES: '7' } })).rejects.toThrow(
      /^the script variables\.js does not load: K6_API_USER must be set \(variables\.js, line 2\)$/,
    );
  });
});

describe('where the service is, whose port is another in each run', () => {
  const needing = (file: string): Promise<ForeignScript[]> =>
    inspectForeign(file, k6, { variables: [], options: [] }, { ...context, needsTarget: true });

  test('a script that does not read it is refused before anything starts, with how to tell it', async () => {
    await expect(needing(write('deaf.js', `${briefly}${run}`))).rejects.toThrow(
      /^the script deaf\.js does not read where the service is.*variables: \{ BASE_URL: '\{targetUrl\}' \}/,
    );
  });

  test('one that reads it, itself or in a module beside it, is not', async () => {
    write('shared/service.js', 'export const service = __ENV.TARGET_URL;\n');
    const file = write('hears.js', `import { service } from './shared/service.js';\n${briefly}${run}`);
    expect(await needing(file)).toHaveLength(1);
  });

  test('no load at all is told first', async () => {
    await expect(needing(write('deaf-and-idle.js', run))).rejects.toThrow(/says no load/);
  });
});

describe('a load', () => {
  test('none: refused, with how to give it', async () => {
    await expect(look(write('none.js', run))).rejects.toThrow(
      /says no load: k6 would run one iteration .*; give it behind --, as in -- --vus 20 --duration 20s/,
    );
    await expect(look(write('users.js', `export const options = { vus: 5 };\n${run}`))).rejects.toThrow(/says no load/);
  });

  test.each([
    ['one iteration', '{ iterations: 1, duration: "10s" }'],
    ['users of a scenario alone', "{ scenarios: { a: { executor: 'per-vu-iterations', vus: 20 } } }"],
    ['one shared iteration', "{ scenarios: { a: { executor: 'shared-iterations', vus: 1, iterations: 1 } } }"],
  ])('%s is none', async (_what, options) => {
    await expect(look(write('one.js', `export const options = ${options};\n${run}`))).rejects.toThrow(/says no load/);
  });

  test('one that would not begin is told', async () => {
    const paused = "export const options = { vus: 1, duration: '3s', paused: true };\n";
    await expect(look(write('paused.js', `${paused}${run}`))).rejects.toThrow(
      /^the script paused\.js says paused: true, so its load would not begin/,
    );
  });

  test('iterations are one, as many as k6 would run', async () => {
    const scenario =
      "{ scenarios: { a: { executor: 'per-vu-iterations', vus: 2, iterations: 9, maxDuration: '7s' } } }";
    expect(await secondsOf(write('counted.js', `export const options = ${scenario};\n${run}`))).toBe(7);
    expect(await secondsOf(write('none.js', run), { options: ['--iterations', '50'] })).toBe(600);
  });

  test("k6's own variables are not used, and named where they would have been the load", async () => {
    Object.assign(process.env, { K6_VUS: '20', K6_DURATION: '20s' });
    await expect(look(write('none.js', run))).rejects.toThrow(
      /says no load: .*; not used: K6_DURATION, K6_VUS in the environment; give it/,
    );
  });

  test('behind --, or in an options file', async () => {
    expect(await secondsOf(write('none.js', run), { options: ['--vus', '3', '-d', '1m2s'] })).toBe(62);
    const file = write(
      'options.json',
      '{"stages": [{"duration": "5s", "target": 3}, {"duration": "2.5s", "target": 0}]}',
    );
    expect(await secondsOf(write('none.js', run), { options: ['--config', file] })).toBe(7.5);
  });

  test('of scenarios: the last one ends it; a grace is none', async () => {
    const scenarios = `{
      a: { executor: 'constant-vus', vus: 1, duration: '10s', gracefulStop: '20s' },
      b: { executor: 'ramping-arrival-rate', startTime: '4s', preAllocatedVUs: 1,
           stages: [{ duration: '6s', target: 3 }, { duration: '3s', target: 3 }] },
    }`;
    expect(await secondsOf(write('scenarios.js', `export const options = { scenarios: ${scenarios} };\n${run}`))).toBe(
      13,
    );
  });

  test('an option that k6 does not know, or that has a wrong value', async () => {
    const file = write('none.js', run);
    await expect(look(file, { options: ['--vuss', '3'] })).rejects.toThrow(
      /^k6 refuses what follows --: unknown flag: --vuss/,
    );
    await expect(look(file, { options: ['--vus', 'x'] })).rejects.toThrow(
      /^k6 refuses what follows --: invalid argument/,
    );
  });
});

describe('the hash', () => {
  const whole = (name: string, { part = '1', data = '[1]', home = name } = {}): string => {
    write(`${home}/lib/part.ts`, `export const part: number = ${part};\n`);
    write(`${home}/data/users.json`, data);
    return write(
      `${home}/main.ts`,
      `import { part } from './lib/part.ts';
       const users = JSON.parse(open('./data/users.json'));
       export const options = { vus: Number(__ENV.USERS ?? 1), duration: '3s' };
       export default function () { return part + users.length; }\n`,
    );
  };
  const hashOf = async (file: string, given = {}): Promise<string> => (await look(file, given)).scenarioHash;

  test('is of modules, data files, options files and the load, wherever they lie', async () => {
    const first = await hashOf(whole('one'));
    expect(await hashOf(whole('two'))).toBe(first);
    const options = write('options-2.json', '{"rps": 100}');
    const others = [
      await hashOf(whole('three', { part: '2' })),
      await hashOf(whole('four', { data: '[2]' })),
      await hashOf(whole('five'), { env: { USERS: '4' } }),
      await hashOf(whole('six'), { options: ['--vus', '9', '--duration', '3s'] }),
      await hashOf(whole('seven'), { options: ['--config', options] }),
    ];
    expect(new Set([first, ...others]).size).toBe(6);
  });
});

test.each([
  ['a file that is not there', `import './no-such.js';\n${run}`, /no-such\.js.*couldn't be found/],
  ['a syntax that is none', 'export default function () {\n', /does not load: .*Line 2:1 Unexpected end of input/],
  [
    'an error at load time',
    `const a = undefined;\na.b;\n${run}`,
    /Cannot read property 'b' of undefined.*\(broken\.js, line 2\)/,
  ],
])('%s is one line', async (_what, text, message) => {
  const error = await look(write('broken.js', text)).catch((one: Error) => one);
  expect((error as Error).message).toMatch(message);
  expect((error as Error).message).not.toContain('\n');
});

describe('a journey by matrix of pgsurge/k6', () => {
  const journey = (): string =>
    write(
      'journey.ts',
      `import { matrix } from 'pgsurge/k6';
       export const options = matrix({ journey: 'default', baseline: 4, criteria: { 'api-p95': 80 } });\n${run}`,
    );

  test('is a scenario for each row, each with its own phases, load and hash', async () => {
    const rows = await lookAtRows(journey());
    expect(rows.map(({ declaration }) => declaration.id)).toEqual(['baseline', '2x', '5x', 'burst']);
    expect(new Set(rows.map(({ scenarioHash }) => scenarioHash)).size).toBe(4);
    const { declaration } = rows[3]!;
    expect(declaration.load.phases.map(({ kind }) => kind)).toEqual(['warmup', 'steady', 'burst', 'recovery']);
    expect(declaration.script).toMatchObject({ row: 'burst', users: 40, seconds: 26, closed: true });
    expect(declaration.criteria).toContainEqual({ id: 'api-p95', value: 80 });
  });

  test('or those that are named; a row that is none, and a script without rows, are told in one line', async () => {
    expect((await lookAtRows(journey(), {}, ['5x'])).map(({ declaration }) => declaration.id)).toEqual(['5x']);
    await expect(lookAtRows(journey(), {}, ['3x'])).rejects.toThrow(
      'there is no row "3x" in journey.ts; there are baseline, 2x, 5x, burst',
    );
    const plain = write('plain.js', `export const options = { vus: 1, duration: '3s' };\n${run}`);
    await expect(lookAtRows(plain, {}, ['5x'])).rejects.toThrow(/^plain\.js has no rows \(5x\)/);
  });
});
