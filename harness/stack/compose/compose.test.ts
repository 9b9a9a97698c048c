import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { prometheusRules } from '../../grade/prometheus-rules.ts';
import type { Addresses } from '../addresses.ts';
import { commonSettings } from '../database-settings.ts';
import { initdbArguments } from '../local/template.ts';
import { newPasswords } from '../roles.ts';
import { defaultStackSpec } from '../spec.ts';
import { composeComplaint, insideAddress, projectFolder, settingsOverlay, stackVariables } from './project.ts';

const read = (file: string): string => readFileSync(path.join(projectFolder, file), 'utf8');

interface Service {
  ports?: string[];
  healthcheck?: unknown;
  labels?: Record<string, string>;
  mem_limit?: string;
  cpus?: string;
  logging?: unknown;
  command?: string[];
  environment?: Record<string, string>;
  network_mode?: string;
  image?: string;
  profiles?: string[];
  depends_on?: unknown;
}
interface ComposeFile {
  services: Record<string, Service>;
  networks: Record<string, Service>;
  volumes: Record<string, Service>;
}

/** `!reset` is compose's own. */
const reset = { tag: '!reset', collection: 'seq' as const, resolve: () => 'reset' };
const resetMap = { tag: '!reset', collection: 'map' as const, resolve: () => 'reset' };
const load = (file: string): ComposeFile =>
  parse(read(file), { merge: true, maxAliasCount: -1, customTags: [reset, resetMap] }) as ComposeFile;

const base = load('docker-compose.yml');
const text = read('docker-compose.yml');
const host = load('docker-compose.host.yml');
const harness = load('docker/harness.yml');
const longLived = Object.entries(base.services).filter(([name]) => name !== 'migrate');

test('every part has a label, a bounded log and a limit of memory; every long-lived one a health check', () => {
  for (const [name, service] of Object.entries(base.services)) {
    expect.soft(service.labels, name).toHaveProperty('pgsurge.workspace');
    expect.soft(service.logging, name).toBeDefined();
    expect.soft(service.mem_limit, name).toMatch(/^\$\{PGSURGE_\w+:-\d+[mg]\}$/);
  }
  for (const [name, service] of longLived) expect.soft(service.healthcheck, name).toBeDefined();
  for (const part of [base.networks['default'], base.volumes['pgdata']])
    expect(part?.labels).toHaveProperty('pgsurge.workspace');
});

test('ports are on loopback only, and the same number inside and outside', () => {
  const ports = Object.values(base.services).flatMap((service) => service.ports ?? []);
  expect(ports.length).toBeGreaterThan(15);
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:(\$\{\w+:-\d+\}):\1$/);
  const defaults = ports.map((port) => /:-(\d+)\}$/.exec(port)?.[1]);
  expect(new Set(defaults).size).toBe(defaults.length);
});

test('every variable has a default, so that compose works alone', () => {
  const used = [...`${text}${read('docker-compose.host.yml')}`.matchAll(/(?<!\$)\$\{(\w+)(:-)?/g)];
  expect(used.length).toBeGreaterThan(60);
  expect(used.filter(([, , fallback]) => fallback === undefined).map(([whole]) => whole)).toEqual([]);
});

test("on the host's network every part is there, publishes nothing, listens on loopback and names no other part, by the overlay alone", () => {
  const names = Object.keys(base.services).join('|');
  for (const [name, { ports, command, environment }] of Object.entries(base.services)) {
    const own = host.services[name];
    expect.soft(own?.network_mode, name).toBe('host');
    expect.soft(own?.ports, name).toBe(ports === undefined ? undefined : 'reset');
    const merged = JSON.stringify({
      command: own?.command ?? command,
      environment: { ...environment, ...own?.environment },
    });
    expect.soft(merged, name).not.toContain('0.0.0.0');
    expect.soft(merged, name).not.toMatch(new RegExp(`(?:@|//|_HOST:-|"DB_HOST":")(?:${names})\\b`));
  }
  // Elsewhere it listens for all, within its own network.
  expect(JSON.stringify(base.services['postgres']).match(/PGSURGE_LISTEN:-0\.0\.0\.0/g)).toHaveLength(1);
  for (const part of ['postgres', 'prometheus', 'toxiproxy']) {
    expect(host.services[part]?.command, part).toEqual(
      base.services[part]?.command?.map((word) => word.replace('PGSURGE_LISTEN:-0.0.0.0', 'PGSURGE_LISTEN:-127.0.0.1')),
    );
  }
});

/** As many as a service may have: `startService` refuses more. */
const mostReplicas = 20;

test('as many replicas start as the front is told of', () => {
  for (let replicas = 2; replicas <= mostReplicas; replicas += 1) {
    const started = Object.entries(base.services).filter(
      ([name, { profiles }]) => name.startsWith('service-') && (profiles?.includes(`replicas-${replicas}`) ?? true),
    );
    expect(started.map(([name]) => name)).toEqual(Array.from({ length: replicas }, (_, index) => `service-${index}`));
  }
  for (const file of ['.env', 'docker/host.env'])
    expect(read(file), file).toMatch(/^COMPOSE_PROFILES=replicas-\$\{PGSURGE_REPLICAS:-2\}$/m);
  for (const { environment } of [base.services['front'], base.services['service-0']] as Service[])
    expect(environment?.['PGSURGE_REPLICAS']).toBe('${PGSURGE_REPLICAS:-2}');
  for (const file of [base, host])
    expect(file.services['front']?.environment?.['PGSURGE_REPLICA_URLS']?.match(/http:/g)).toHaveLength(mostReplicas);
});

test('the harness turns off every health check of a part that it starts', () => {
  for (const [name, { profiles }] of longLived) {
    if (profiles?.includes('metrics') === true) continue;
    expect.soft(harness.services[name]?.healthcheck, name).toEqual({ disable: true });
    expect
      .soft(harness.services[name]?.depends_on, name)
      .toBe(base.services[name]?.depends_on === undefined ? undefined : 'reset');
  }
});

test('Postgres runs with what the local stack runs with', () => {
  const command = base.services['postgres']?.command ?? [];
  const settings = Object.fromEntries(
    command.slice(1).map((argument) => argument.slice(2).split(/=(.*)/s).slice(0, 2) as [string, string]),
  );
  const { listen_addresses: _, ...rest } = settings;
  expect({ ...rest, max_connections: rest['max_connections']?.replace(/^\$\{\w+:-(\d+)\}$/, '$1') }).toEqual(
    commonSettings(defaultStackSpec, true),
  );
  const own = initdbArguments.filter(
    (argument, index) => argument !== '--username' && initdbArguments[index - 1] !== '--username',
  );
  expect(base.services['postgres']?.environment?.['POSTGRES_INITDB_ARGS']).toBe(own.join(' '));
});

test('the rules of Prometheus are those of alert-bounds.json', () => {
  expect(read('docker/prometheus/rules.yml'), 'run npx node scripts/write-prometheus-rules.ts').toBe(prometheusRules());
  const rules = parse(prometheusRules()) as { groups: { rules: { alert: string; expr: string }[] }[] };
  expect(new Set(rules.groups[0]?.rules.map(({ alert }) => alert)).size).toBe(rules.groups[0]?.rules.length);
});

const at = (port: number): { host: string; port: number } => ({ host: '127.0.0.1', port });
const addresses: Addresses = {
  database: at(20001),
  poolerProduct: 'pgbouncer',
  poolers: [at(20002), at(20003)],
  api: at(20004),
  proxiesBy: 'toxiproxy',
  partner: at(20008),
  poolerUpstream: at(20005),
  serviceDatabase: at(20006),
  servicePoolers: [at(20007), at(20003)],
  taps: [],
  proxies: {
    'pooler-database': { listen: at(20005), upstream: at(20001), roles: ['fault'], roundTripMs: 0 },
    'service-database': { listen: at(20006), upstream: at(20001), roles: ['fault'], roundTripMs: 0 },
    'service-pooler': { listen: at(20007), upstream: at(20002), roles: ['fault'], roundTripMs: 0 },
  },
};
const variables = (hostNetwork: boolean): Record<string, string> =>
  stackVariables({
    spec: defaultStackSpec,
    addresses,
    passwords: newPasswords(),
    adminPassword: 'secret',
    hostNetwork,
    workspaceId: '1-ab',
    sparePort: 20009,
  });

test('the harness hands over only variables that docker-compose.yml knows', () => {
  const known = new Set([...text.matchAll(/\$\{(\w+):-/g)].map(([, name]) => name));
  expect(Object.keys(variables(false)).filter((name) => !known.has(name))).toEqual([]);
});

test("containers reach one another by name on a bridge, by loopback on the host's network", () => {
  expect(insideAddress(addresses, at(20001), false)).toEqual({ host: 'postgres', port: 20001 });
  expect(insideAddress(addresses, at(20003), false)).toEqual({ host: 'pgbouncer-2', port: 20003 });
  expect(variables(false)).toMatchObject({
    PGSURGE_LISTEN: '0.0.0.0',
    PGSURGE_POOLER_UPSTREAM_HOST: 'toxiproxy',
    PGSURGE_POOLER_UPSTREAM_PORT: '20005',
  });
  expect(variables(false)['PGSURGE_SERVICE_DATABASE_URL']).toMatch(/^postgres:\/\/app:\S+@toxiproxy:20007\/app$/);
  expect(variables(true)).toMatchObject({
    PGSURGE_LISTEN: '127.0.0.1',
    PGSURGE_POOLER_UPSTREAM_HOST: '127.0.0.1',
    PGSURGE_SERVICE_POOLER_PORT: '20007',
    PGSURGE_PGBOUNCER_2_PORT: '20003',
  });
});

test("a scenario's settings reach the server as they are", () => {
  const overlay = JSON.parse(
    settingsOverlay({ ...defaultStackSpec, postgres: { log_line_prefix: '$x ' } }, '0.0.0.0'),
  ) as ComposeFile;
  expect(overlay.services['postgres']?.command).toEqual(
    expect.arrayContaining(['listen_addresses=0.0.0.0', 'max_connections=90', 'log_line_prefix=$$x ']),
  );
  expect(() => settingsOverlay({ ...defaultStackSpec, postgres: { 'no setting': '1' } }, '')).toThrow(
    '"no setting" in environment.stack.postgres is not a Postgres setting',
  );
});

test("compose's complaint comes with what to do", () => {
  expect(
    composeComplaint(
      ' Container x Starting\nError response from daemon: driver failed: Bind for 127.0.0.1:5 failed: port is ' +
        'already allocated\n',
    ),
  ).toMatch(/^Error response .* allocated; another program took the port just now: try again$/);
  expect(
    composeComplaint(
      'postgres Pulling\npostgres Error Get "https://registry-1.docker.io/v2/": dial tcp: lookup failed',
    ),
  ).toContain('is the registry of images reachable?');
});
