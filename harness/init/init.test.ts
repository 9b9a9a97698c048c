import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { PgsurgeConfig, ServiceConfig } from '../config/config.ts';
import { init } from './init.ts';

const example = new URL('../../examples/node/', import.meta.url);

let root = '';
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'pgsurge-init-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (files: Record<string, string>): void => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
};
const text = (name: string): string => readFileSync(path.join(root, name), 'utf8');

/** As `pgsurge run` reads it, in Node itself: the tests' own loader takes no hooks. */
const configured = async (): Promise<ServiceConfig> => {
  const reader = new URL('../config/read-config.ts', import.meta.url).href;
  const file = path.join(root, 'pgsurge.config.ts');
  const code = `import { readConfig } from '${reader}'; console.log(JSON.stringify(await readConfig('${file}')))`;
  const { stdout } = await execa(process.execPath, ['--no-warnings', '--input-type=module', '-e', code]);
  return (JSON.parse(stdout) as { config: PgsurgeConfig }).config.service as ServiceConfig;
};

test('a service in Node: its scripts, its variables, its routes', async () => {
  const scripts = { start: 'node src/server.js', 'db:migrate': 'node-pg-migrate up', worker: 'tsx src/worker.ts' };
  write({
    'package.json': JSON.stringify({ scripts }),
    '.env.example': 'LOG_LEVEL=info\nSHOP_DATABASE_URL=postgres://localhost/shop\n',
    'src/server.js': "app.get('/health', x); app.get('/items', y); app.get('/items/:id', z); process.env.HTTP_PORT;",
  });
  const lines = init(root);
  expect(await configured()).toEqual({
    command: 'node src/server.js',
    migrate: 'npm run db:migrate',
    port: 'HTTP_PORT',
    database: 'SHOP_DATABASE_URL',
    ready: '/health',
    processes: { worker: { command: 'tsx src/worker.ts' } },
  });
  expect(lines).toContain('  service.database          SHOP_DATABASE_URL  (.env.example)');
  expect(lines).toContain('  GET /items  (src/server.js)');
  expect(text('load/journey.ts')).toContain("http.get(service + '/items')");
  expect(text('load/journey.ts')).not.toContain('/items/');
  expect(parse(text('.github/workflows/pgsurge.yml'))).toMatchObject({ jobs: { load: {} } });
});

test('a service in Python: its app, its migrations, one variable for each part of the address', async () => {
  write({
    'pyproject.toml': '[project]\ndependencies = ["fastapi", "uvicorn"]\n',
    'alembic.ini': '',
    'shop/main.py':
      'app = FastAPI()\n@app.get("/orders")\ndef orders(): pass\nos.environ["PGHOST"]\nos.getenv("PGUSER")\n',
    '.gitlab-ci.yml': 'test: {}\n',
  });
  init(root);
  expect(await configured()).toEqual({
    command: 'uvicorn shop.main:app --host 127.0.0.1 --port {port}',
    migrate: 'alembic upgrade head',
    port: 'PORT',
    database: { host: 'PGHOST', user: 'PGUSER' },
  });
  expect(text('load/journey.ts')).toContain('/orders');
  expect(parse(text('pgsurge.gitlab-ci.yml'))).toMatchObject({
    pgsurge: { script: expect.arrayContaining(['pip install .']) },
  });
});

test('a service in Java: the variables that Spring reads', async () => {
  write({ 'pom.xml': '<artifactId>spring-boot-starter-actuator</artifactId>', mvnw: '' });
  init(root);
  expect(await configured()).toMatchObject({
    command: './mvnw --quiet spring-boot:run',
    port: 'SERVER_PORT',
    database: { jdbcUrl: 'SPRING_DATASOURCE_URL' },
    ready: '/actuator/health',
  });
});

test('a Procfile says it all; a name of compose is one too', async () => {
  write({
    Procfile: 'release: ./migrate\nweb: ./shop -p $PORT\nmailer: ./mailer\n',
    'docker-compose.yml': 'services:\n  shop:\n    environment:\n      POSTGRES_URL: postgres://db/shop\n',
  });
  init(root);
  expect(await configured()).toMatchObject({
    command: './shop -p {port}',
    migrate: './migrate',
    database: 'POSTGRES_URL',
    processes: { mailer: { command: './mailer' } },
  });
});

test('where nothing says how it is started, the line says so', async () => {
  expect(init(root)).toContainEqual(expect.stringContaining('no file here says how it is started'));
  expect(text('pgsurge.config.ts')).toContain('put your own command here');
  expect(await configured()).toMatchObject({ port: 'PORT', database: 'DATABASE_URL' });
});

test('nothing is overwritten, whatever its ending', () => {
  write({ 'pgsurge.config.json': '{}', 'load/journey.ts': 'mine' });
  expect(init(root)).toEqual([
    'left as it is: pgsurge.config.json',
    'left as it is: load/journey.ts',
    'wrote .github/workflows/pgsurge.yml',
    'next: look at what was guessed, then npx pgsurge run',
  ]);
  expect(text('load/journey.ts')).toBe('mine');
  expect(init(root).filter((line) => line.startsWith('wrote'))).toEqual([]);
});

/** Without what a team adds, which `init` is to guess, and without its packages. */
const copyOfExample = (): void =>
  cpSync(example, root, {
    recursive: true,
    filter: (file) => !/node_modules|pgsurge\.config|\/load$|\/ci$|\/reports$/.test(file),
  });

test('of the example all is guessed that its own config says of the service', async () => {
  copyOfExample();
  init(root);
  const own = readFileSync(new URL('pgsurge.config.ts', example), 'utf8');
  const guessed = await configured();
  expect(guessed.processes).toEqual({ worker: { command: 'node worker.js' } });
  for (const [name, value] of Object.entries(guessed))
    if (typeof value === 'string') expect(own, name).toContain(`${name}: '${value}'`);
  expect(guessed).toMatchObject({
    migrate: 'node migrate.js',
    ready: '/health',
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: '{otlpUrl}' },
  });
  expect(text('load/journey.ts')).toContain("http.get(service + '/orders')");
});

test("the example's workflows, of GitHub and GitLab, are those that init writes", () => {
  copyOfExample();
  init(root);
  expect(text('.github/workflows/pgsurge.yml')).toBe(readFileSync(new URL('ci/github.yml', example), 'utf8'));
  write({ '.gitlab-ci.yml': '' });
  init(root);
  expect(text('pgsurge.gitlab-ci.yml')).toBe(readFileSync(new URL('ci/gitlab-ci.yml', example), 'utf8'));
});
