/** What a team's own files and variables become. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PgsurgeConfig, ServiceConfig } from './config.ts';
import { refuseForeignDatabases } from './foreign-databases.ts';
import { ownServiceOf } from './own-service.ts';
import { ownStackOf, type OwnStack } from './own-stack.ts';
import { readPgbouncerIni, readPostgresConf } from './server-files.ts';
import { asProgram, variablesFor } from './variables.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'pgsurge-own-stack-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);
const service = { command: 'node server.js' };
const stackOf = (stack: PgsurgeConfig['stack']): OwnStack =>
  ownStackOf({ stack }, ownServiceOf({ ...service, replicas: 2 }, folder));

describe('their files', () => {
  test('postgresql.conf: settings, without what is of its machine', () => {
    const text = "#port = 1\nport = 5433\nwork_mem = '8MB' # enough\nSSL on\nmax_connections 60\ninclude 'x.conf'\n";
    expect(readPostgresConf(text)).toEqual({
      settings: { work_mem: '8MB', max_connections: '60' },
      leftOut: ['port', 'ssl', 'include'],
    });
  });

  test('pgbouncer.ini: its settings, and what its database says', () => {
    const text =
      ';comment\n[databases]\nshop = host=db port=5432 dbname=shop pool_size=7 pool_mode=session\n* = host=db\n' +
      '[pgbouncer]\nlisten_addr = *\nauth_type = md5\npool_mode = transaction\ndefault_pool_size=30\n%include x.ini\n';
    expect(readPgbouncerIni(text)).toEqual({
      settings: { pool_mode: 'transaction', default_pool_size: '30' },
      leftOut: ['listen_addr', 'auth_type', '%include'],
      database: { pool_size: '7', pool_mode: 'session' },
    });
  });

  test('the config beats the file, the file beats the defaults', () => {
    write('pgbouncer.ini', '[pgbouncer]\ndefault_pool_size = 30\nmax_client_conn = 400\nserver_fast_close = 1\n');
    const { environment, parts } = stackOf({ pooler: { ini: 'pgbouncer.ini', poolSize: 5 } });
    expect(environment.pooler).toMatchObject({ poolSize: 5, maxClientConn: 400, mode: 'session' });
    expect(parts.poolerLines).toEqual({ server_fast_close: '1' });
  });

  test('what local cannot do is told with what can: TLS by a setting is refused, in a file of production noted', () => {
    const advice = /has no TLS.*start your own database and service, and give service: \{ url, databaseUrl \}/;
    expect(() => stackOf({ postgres: { settings: { ssl: 'on' } } })).toThrow(advice);
    expect(() => stackOf({ postgres: { settings: { ssl: false } } })).not.toThrow();
    write('postgresql.conf', 'ssl = on\nwork_mem = 8MB\n');
    write('pgbouncer.ini', '[pgbouncer]\nclient_tls_sslmode = require\nserver_tls_sslmode = disable\n');
    const { notes } = stackOf({ postgres: { conf: 'postgresql.conf' }, pooler: { ini: 'pgbouncer.ini' } });
    expect(notes.filter((note) => advice.test(note)).map((note) => note.split(' ')[0])).toEqual([
      'postgresql.conf',
      'pgbouncer.ini',
    ]);
    write('postgresql.conf', '#ssl = on\nssl = off\n');
    expect(stackOf({ postgres: { conf: 'postgresql.conf' } }).notes.join()).not.toMatch(advice);
  });

  test('another major version is told with what can', () => {
    expect(() => stackOf({ postgres: { version: 16, bin: '/usr/lib/postgresql/16/bin' } })).toThrow(
      /version is 16 .*runs Postgres 18: start your own 16 .* give service: \{ url, databaseUrl \}/,
    );
  });

  test('one that is not there is told by its field', () => {
    expect(() => stackOf({ pooler: { ini: 'x.ini' } })).toThrow(
      /^stack\.pooler\.ini is "x\.ini", and there is no file \//,
    );
  });
});

test('nothing said: Postgres’ own connections, no limit of the role, a pool by transaction', () => {
  expect(stackOf(undefined).environment).toMatchObject({
    route: 'pooler',
    replicas: 2,
    stack: { maxConnections: 100, poolers: 1, linkMs: 0 },
    pooler: { mode: 'transaction', poolSize: 20 },
    roles: { app: { connectionLimit: -1 } },
  });
  expect(stackOf({ pooler: false }).environment).toMatchObject({ route: 'direct', stack: { poolers: 0 } });
});

test('a seed is another template when what it reads has changed', () => {
  write('seed.py', 'one');
  const hash = (): string =>
    stackOf({ postgres: { seed: { command: 'python seed.py', files: ['seed.py'] } } }).parts.filling!.hash;
  const before = hash();
  expect(hash()).toBe(before);
  write('seed.py', 'two');
  expect(hash()).not.toBe(before);
});

const databaseUrl = 'postgres://app:p%40ss@127.0.0.1:6432/shop';
const places = { databaseUrl, directUrl: databaseUrl, port: 8123, replica: 1 };

test('variables and placeholders; braces of others stay', () => {
  expect(
    variablesFor({ jdbcUrl: 'JDBC', password: 'PGPASSWORD' }, { WHO: 'r{replica} {other} ${HOME}' }, places),
  ).toEqual({ JDBC: 'jdbc:postgresql://127.0.0.1:6432/shop', PGPASSWORD: 'p@ss', WHO: 'r1 {other} ${HOME}' });
  expect(asProgram(['uvicorn', '--port', '{port}'], places)).toEqual({ file: 'uvicorn', args: ['--port', '8123'] });
  expect(asProgram('run {port} && x', places)).toEqual({ file: '/bin/sh', args: ['-c', 'run 8123 && x'] });
});

test('one port is not for two replicas', () => {
  expect(() => ownServiceOf({ ...service, port: 3000, replicas: 2 }, folder)).toThrow(
    /^service\.port is 3000, one port for 2 replicas: give the name of the variable/,
  );
});

describe('a database elsewhere', () => {
  const refuse = (
    config: Omit<ServiceConfig, 'command'>,
    shell: Record<string, string>,
    allowed: string[] = [],
  ): (() => void) => {
    const own = ownServiceOf({ ...service, ...config }, folder);
    return () => refuseForeignDatabases(own, shell, allowed);
  };
  const secret = 'postgresql+asyncpg://u:secret@db.prod:5432/shop';

  test('of the shell or the config is refused, without its password', () => {
    expect(refuse({}, { SHOP_DB: secret })).toThrow(/^SHOP_DB names a database at db\.prod, .*--allow-host db\.prod/);
    expect(refuse({}, { SHOP_DB: secret })).not.toThrow(/secret/);
    expect(refuse({ environment: { A: 'jdbc:postgresql://db.prod/shop' } }, {})).toThrow(/^A names a database/);
  });

  test.each([
    ['several hosts', { A: 'postgres://u@localhost:5432,db.prod:5432/x' }],
    ['a host among the parameters', { A: 'postgres://u@localhost/x?sslmode=off&host=db.prod' }],
    ["libpq's words", { A: 'host=db.prod port=5432 dbname=shop' }],
    ['those of .NET', { A: 'Server=db.prod;Port=5432;Database=shop' }],
    ['a host alone', { PGHOST: 'db.prod' }],
    ['one by the name that services have for it', { DB_HOST: 'db.prod' }],
  ])('of the shell, as %s', (_form, shell) => {
    expect(refuse({}, shell)).toThrow(/names a database at db\.prod, which is not this machine/);
    const [name = ''] = Object.keys(shell);
    expect(refuse({ database: { host: name } }, shell)).not.toThrow();
  });

  test('of a command, and of a .env beside the service', () => {
    const migrate = `DATABASE_URL='${secret}' npm run migrate`;
    expect(refuse({ migrate }, {})).toThrow(/^service\.migrate names a database at db\.prod/);
    write('.env', `# of production\nEMPTY=\nexport SHOP_DB="${secret}" # theirs\nDATABASE_URL=${secret}\n`);
    expect(refuse({}, {})).toThrow(/^SHOP_DB of \.env names a database at db\.prod/);
    expect(refuse({ database: { url: 'SHOP_DB' } }, {})).toThrow(/^DATABASE_URL of \.env/);
    expect(refuse({}, { SHOP_DB: 'postgres://u@127.0.0.1/x' })).not.toThrow();
  });

  test('not what the stack fills in', () => {
    const environment = { DB_HOST: '{databaseHost}', A: 'jdbc:postgresql://{databaseHost}:{databasePort}/x' };
    expect(refuse({ environment }, {})).not.toThrow();
    expect(refuse({ environment: { PGHOST: '/var/run/postgresql' } }, { PGHOST: 'localhost' })).not.toThrow();
  });

  test('not where it is allowed, overridden, or of this machine', () => {
    expect(refuse({}, { SHOP_DB: secret }, ['db.prod'])).not.toThrow();
    expect(refuse({}, { DATABASE_URL: secret })).not.toThrow();
    expect(
      refuse({}, { A: 'postgres://u@localhost/x', B: 'postgres:///x?host=/run', C: 'http://db.prod' }),
    ).not.toThrow();
  });
});
