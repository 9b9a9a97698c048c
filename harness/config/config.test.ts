import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { configFileIn, parseConfig, readConfig } from './read-config.ts';
import { configShape } from './shape.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'pgsurge-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const service = { command: 'node server.js' };

describe('what is wrong is told in one line', () => {
  test.each([
    [{ servise: service }, /^c\.json: servise is no field: did you mean service\?$/],
    [{ service: { comand: 'x' } }, /service\.comand is no field: did you mean command\?$/],
    [{ service: { ...service, replica: 2 } }, /service\.replica is no field: did you mean replicas\?$/],
    [
      { service: { ...service, replicas: 'two' } },
      /service\.replicas is "two"; it must be a whole number from 1 to 20$/,
    ],
    [
      { service: { ...service, stop: { signal: 'TERM' } } },
      /service\.stop\.signal is "TERM"; it must be one of SIGTERM/,
    ],
    [{ service: { ...service, ready: { url: '/' } } }, /service\.ready\.url is no field: choose path, log, seconds$/],
    [{ service: 7 }, /service is 7; it must be \{ command \}, the \{ url, databaseUrl \}/],
    [{ service: { replicas: 2 } }, /service\.command is missing: it must be a line for the shell/],
    [[], /the config is \[\]; it must be a table of name, service/],
    [{ service: { url: 'http://127.0.0.1:1' } }, /service\.databaseUrl is missing: it must be a text$/],
    [{ service, stack: { pooler: { poolsize: 5 } } }, /stack\.pooler\.poolsize is no field: did you mean poolSize\?$/],
    [{ service, stack: { pooler: true } }, /stack\.pooler is true; it must be false, or settings/],
    [
      { service, stack: { postgres: { extension: [] } } },
      /stack\.postgres\.extension is no field: did you mean extensions/,
    ],
    [{ service, load: { scripts: 'x' } }, /load\.scripts is no field: did you mean script\?$/],
    [{ service, criteria: { 'api-p95': '300' } }, /criteria\.api-p95 is "300"; it must be a number, or \{ value/],
    [
      { service, waivers: [{ criterion: 'x', reason: 'y', until: 'soon' }] },
      /waivers\.0\.until is "soon"; it must be a day/,
    ],
    [
      { service: { ...service, processes: { worker: { command: 'x', port: 1 } } } },
      /service\.processes\.worker\.port is no field/,
    ],
  ])('%j', (config, words) => {
    expect(() => parseConfig(config, 'c.json')).toThrow(words);
    expect(() => parseConfig(config, 'c.json')).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});

test.each([
  { service },
  { service: 'reference' },
  { criteria: { 'api-p95': 300 } },
  { service: { url: 'http://127.0.0.1:8090', databaseUrl: 'postgres://u@127.0.0.1/shop' }, load: 'a.js' },
  {
    service: {
      command: ['uvicorn', 'shop:app', '--port', '{port}'],
      replicas: 2,
      port: 'HTTP_PORT',
      database: { host: 'PGHOST', password: 'PGPASSWORD' },
      ready: { path: '/health', seconds: 20 },
      processes: { worker: { command: 'python worker.py', replicas: 3 } },
    },
    stack: {
      postgres: { settings: { work_mem: '8MB' }, seed: { command: 'python seed.py', files: ['seed.py'] } },
      pooler: { ini: 'deploy/pgbouncer.ini', poolSize: 20, mode: 'transaction' },
      route: 'pooler',
    },
    load: { script: 'load/journey.ts', variables: { USERS: 5 } },
    criteria: { 'api-p95': 300, goodput: { notApplicable: 'a batch service' } },
    waivers: [{ criterion: 'api-p95', bound: 500, reason: 'the new index', until: '2026-12-31' }],
  },
])('a config that is right: %j', (config) => {
  expect(parseConfig(config, 'c.json')).toEqual(config);
});

describe('a file', () => {
  const write = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };

  test('in TypeScript imports pgsurge, installed beside it or not', async () => {
    const file = write(
      'pgsurge.config.ts',
      "import { defineConfig } from 'pgsurge';\nconst replicas: number = 2;\n" +
        "export default defineConfig({ service: { command: 'node x.js', replicas } });\n",
    );
    expect(configFileIn(folder)).toBe(file);
    // In Node itself: the tests' own loader takes no hooks.
    const reader = new URL('./read-config.ts', import.meta.url).href;
    const code = `import { readConfig } from '${reader}'; console.log(JSON.stringify(await readConfig('${file}')))`;
    const { stdout } = await execa(process.execPath, ['--no-warnings', '--input-type=module', '-e', code]);
    expect(JSON.parse(stdout)).toMatchObject({ folder, config: { service: { replicas: 2 } } });
  });

  test.each([
    ['pgsurge.config.json', '{ "service": "reference" }'],
    ['pgsurge.config.mjs', 'export default { service: "reference" };'],
  ])('%s', async (name, text) => {
    expect(await readConfig(write(name, text))).toMatchObject({ config: { service: 'reference' } });
  });

  test.each([
    ['pgsurge.config.json', '{ "service": ', /^pgsurge\.config\.json cannot be read: /],
    ['pgsurge.config.mjs', 'export const config = {};', /it has no default export: export default defineConfig/],
    ['pgsurge.config.mjs', 'throw new Error("no DSN");', /^pgsurge\.config\.mjs cannot be read: no DSN$/],
  ])('%s that cannot be read', async (name, text, words) => {
    await expect(readConfig(write(name, text))).rejects.toThrow(words);
  });

  test('one folder has one', () => {
    mkdirSync(path.join(folder, 'sub'));
    expect(configFileIn(path.join(folder, 'sub'))).toBeNull();
    write('pgsurge.config.json', '{}');
    write('pgsurge.config.js', '');
    expect(() => configFileIn(folder)).toThrow(/pgsurge\.config\.js and pgsurge\.config\.json lie side by side/);
  });
});

test('docs/config.md has a line for each field', () => {
  const names = new Set<string>();
  const visit = (type: unknown): void => {
    const { def } = type as { def: Record<string, unknown> & { shape?: z.ZodRawShape } };
    for (const [name, field] of Object.entries(def.shape ?? {})) {
      names.add(name);
      visit(field);
    }
    const inner = [def['innerType'], def['element'], def['valueType'], ...((def['options'] as unknown[]) ?? [])];
    for (const one of inner) if (one !== undefined) visit(one);
  };
  visit(configShape);
  const document = readFileSync(new URL('../../docs/config.md', import.meta.url), 'utf8');
  expect(names.size).toBeGreaterThan(60);
  expect([...names].filter((name) => !document.includes(`\`${name}\``))).toEqual([]);
});
