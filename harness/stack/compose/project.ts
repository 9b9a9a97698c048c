/** One compose project: its files, its variables, its commands. */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { environmentError } from '../../errors.ts';
import { ownFolder } from '../../own-modules.ts';
import type { Address } from '../../servers/address.ts';
import { poolerOf, type PoolerProduct } from '../../servers/pooler-products.ts';
import { environmentVariable } from '../../system/residue.ts';
import { urlOf, type Addresses } from '../addresses.ts';
import { commonSettings } from '../database-settings.ts';
import { hopsIn, type Hop, type HopProxies, type HopProxy } from '../../servers/toxiproxy/hops.ts';
import { linkHops } from '../link.ts';
import { urlAt } from '../partner.ts';
import { poolerServices } from '../poolers.ts';
import { unlimited, type RoleName } from '../roles.ts';
import type { StackSpec } from '../stack.ts';

/** Of a checkout: the package holds none of the compose files. */
export const projectFolder = ownFolder;

export interface Project {
  name: string;
  poolerProduct: PoolerProduct;
  hostNetwork: boolean;
  files: string[];
  variables: Record<string, string>;
}

/** The variable of docker-compose.yml that names where a service listens: PGSURGE_PGBOUNCER_2_PORT of pgbouncer-2. */
const portVariable = (service: string): string => `PGSURGE_${service.toUpperCase().replaceAll('-', '_')}_PORT`;

const poolerServicesOf = ({ poolerProduct, poolers }: Addresses): string[] =>
  poolerServices(poolerProduct, poolers.length);

/** Names of the services in docker-compose.yml that listen on these ports. */
const serviceAt = (addresses: Addresses, { port }: Address): string => {
  if (port === addresses.database.port) return 'postgres';
  const pooler = poolerServicesOf(addresses)[addresses.poolers.findIndex((address) => address.port === port)];
  if (pooler !== undefined) return pooler;
  if (port === addresses.partner.port) return 'partner';
  if (hopsIn(addresses.proxies).some(([, { listen }]) => listen.port === port))
    return addresses.proxiesBy === 'link' ? 'link' : 'toxiproxy';
  throw new Error(`no service of the stack listens on ${port}`);
};

/** The same port as a container reaches it: by the service's name, or on the host's network as it is. */
export const insideAddress = (addresses: Addresses, address: Address, hostNetwork: boolean): Address =>
  hostNetwork ? address : { host: serviceAt(addresses, address), port: address.port };

/** As the proxy's own process dials and listens, inside its container. */
const proxyInside = (addresses: Addresses, proxy: HopProxy, hostNetwork: boolean): HopProxy => ({
  ...proxy,
  listen: hostNetwork ? proxy.listen : { host: '0.0.0.0', port: proxy.listen.port },
  upstream: insideAddress(addresses, proxy.upstream, hostNetwork),
});

export const proxiesInside = (addresses: Addresses, hostNetwork: boolean): HopProxies => {
  const inside = hopsIn(addresses.proxies).map(([hop, proxy]): [Hop, HopProxy] => [
    hop,
    proxyInside(addresses, proxy, hostNetwork),
  ]);
  return Object.fromEntries(inside);
};

export interface VariablesOptions {
  spec: StackSpec;
  addresses: Addresses;
  passwords: Record<RoleName, string>;
  adminPassword: string;
  hostNetwork: boolean;
  workspaceId: string;
  /** Published by Toxiproxy for a link that this stack does not have. */
  sparePort: number;
}

const portsOf = (listening: readonly (readonly [string, Address])[]): Record<string, string> =>
  Object.fromEntries(listening.map(([name, { port }]) => [portVariable(name), String(port)]));

const listenVariables = ({ addresses, hostNetwork, sparePort }: VariablesOptions): Record<string, string> => {
  const upstream = insideAddress(addresses, addresses.poolerUpstream, hostNetwork);
  return {
    PGSURGE_LISTEN: hostNetwork ? '127.0.0.1' : '0.0.0.0',
    PGSURGE_POSTGRES_PORT: String(addresses.database.port),
    PGSURGE_POOLER_UPSTREAM_HOST: upstream.host,
    PGSURGE_POOLER_UPSTREAM_PORT: String(upstream.port),
    ...portsOf(poolerServicesOf(addresses).map((service, index) => [service, addresses.poolers[index] as Address])),
    ...(addresses.api === null ? {} : { PGSURGE_TOXIPROXY_PORT: String(addresses.api.port) }),
    PGSURGE_SERVICE_POOLER_PORT: String(sparePort),
    ...portsOf(hopsIn(addresses.proxies).map(([hop, { listen }]) => [hop, listen])),
    PGSURGE_PARTNER_PORT: String(addresses.partner.port),
    PGSURGE_PARTNER_URL: urlAt(insideAddress(addresses, addresses.partner, hostNetwork)),
  };
};

const linkVariables = ({ addresses, hostNetwork }: VariablesOptions): Record<string, string> =>
  addresses.proxiesBy !== 'link'
    ? {}
    : {
        PGSURGE_LINK_HOPS: linkHops(proxiesInside(addresses, hostNetwork)),
        PGSURGE_LINK_POOLER_PORT: String(addresses.servicePoolers[0]!.port),
        PGSURGE_LINK_DATABASE_PORT: String(addresses.serviceDatabase.port),
      };

const settingVariables = ({
  spec: { roles, pooler, poolerProduct, partner },
}: VariablesOptions): Record<string, string> => ({
  PGSURGE_ROLE_CONNECTION_LIMIT: String(roles.app.connectionLimit),
  PGSURGE_LISTEN_ROLE_CONNECTION_LIMIT: String(roles.listen.connectionLimit ?? unlimited),
  PGSURGE_PARTNER_SETTINGS: JSON.stringify(partner),
  PGSURGE_POOL_SIZE: String(pooler.poolSize),
  PGSURGE_MAX_CLIENT_CONN: String(pooler.maxClientConn),
  PGSURGE_QUERY_WAIT_TIMEOUT: String(pooler.queryWaitTimeoutSeconds),
  PGSURGE_SERVER_LOGIN_RETRY: String(pooler.serverLoginRetrySeconds),
  PGSURGE_POOLER_SETTINGS: Object.entries(poolerOf(poolerProduct).configuration(pooler))
    .map(([name, value]) => `${name}=${value}`)
    .join(' '),
});

const secretVariables = (options: VariablesOptions): Record<string, string> => {
  const { addresses, passwords, adminPassword, hostNetwork } = options;
  const urlInside = (address: Address, role: RoleName): string =>
    urlOf(insideAddress(addresses, address, hostNetwork), role, passwords);
  return {
    PGSURGE_OWNER_PASSWORD: passwords.owner,
    PGSURGE_APP_PASSWORD: passwords.app,
    PGSURGE_LISTEN_PASSWORD: passwords.listen,
    PGSURGE_BATCH_PASSWORD: passwords.batch,
    PGSURGE_PROBE_PASSWORD: passwords.probe,
    PGSURGE_ADMIN_PASSWORD: adminPassword,
    PGSURGE_SERVICE_DATABASE_URL: urlInside(addresses.servicePoolers[0]!, 'app'),
    PGSURGE_BATCH_DATABASE_URL: urlInside(addresses.servicePoolers[0]!, 'batch'),
    PGSURGE_LISTEN_DATABASE_URL: urlInside(addresses.serviceDatabase, 'listen'),
    PGSURGE_OWNER_DATABASE_URL: urlInside(addresses.database, 'owner'),
  };
};

/** What the harness hands to compose. Ports are the same number inside and outside. */
export const stackVariables = (options: VariablesOptions): Record<string, string> => ({
  // A process or a container with it belongs to the run, and goes when the run is cleared.
  [environmentVariable]: options.workspaceId,
  ...listenVariables(options),
  ...linkVariables(options),
  ...settingVariables(options),
  ...secretVariables(options),
});

/** An overlay that holds the server's command line. A `$` in a setting is doubled, or compose would replace it. */
export const settingsOverlay = (spec: StackSpec, listen: string): string => {
  const settings = { listen_addresses: listen, ...commonSettings(spec, true) };
  const command = [
    'postgres',
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value.replaceAll('$', '$$$$')}`]),
  ];
  return JSON.stringify({ services: { postgres: { command } } }, null, 1);
};

/** PgBouncer's services stand in docker-compose.yml, which users start too; another pooler has a file of its own. */
const ownFile = (product: PoolerProduct): string[] =>
  [`docker/${product}/compose.yml`].filter((file) => existsSync(path.join(projectFolder, file)));

/**
 * The files in order: what users have, the host's network, the harness' own changes, the pooler's own file, this run's
 * settings.
 */
export const makeProject = (name: string, folder: string, options: VariablesOptions): Project => {
  const { spec, hostNetwork } = options;
  const variables = stackVariables(options);
  const settingsFile = path.join(folder, `${name}.json`);
  writeFileSync(settingsFile, settingsOverlay(spec, variables['PGSURGE_LISTEN'] as string), { mode: 0o600 });
  return {
    name,
    poolerProduct: spec.poolerProduct,
    hostNetwork,
    variables,
    files: [
      'docker-compose.yml',
      ...(hostNetwork ? ['docker-compose.host.yml'] : []),
      'docker/harness.yml',
      ...ownFile(spec.poolerProduct),
      settingsFile,
    ],
  };
};

const remedyOf = (complaint: string): string => {
  if (/pull access denied|no such host|manifest|registry|i\/o timeout|dial tcp/.test(complaint))
    return '; is the registry of images reachable? Images once there are used without it';
  if (/already in use|already allocated/.test(complaint)) return '; another program took the port just now: try again';
  return '';
};

/** The line that says why, out of all that compose prints, and what to do. */
export const composeComplaint = (output: string): string => {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const complaint =
    lines.findLast((line) => /error|denied|no such|failed|cannot|not found|invalid/i.test(line)) ??
    lines.at(-1) ??
    'no reason given';
  return `${complaint}${remedyOf(complaint)}`;
};

/** `docker compose` for the project. Throws an environmentError with compose's own complaint. */
export const compose = async (
  { name, files, variables }: Project,
  args: readonly string[],
  limitMs: number,
): Promise<string> => {
  const result = await execa(
    'docker',
    ['compose', '--project-name', name, ...files.flatMap((file) => ['--file', file]), ...args],
    { cwd: projectFolder, env: variables, reject: false, timeout: limitMs, all: true, stdin: 'ignore' },
  );
  if (!result.failed) return result.stdout;
  const why = result.timedOut ? `not within ${limitMs / 1000} s` : composeComplaint(result.all ?? '');
  throw environmentError(
    `docker compose ${args[0]} failed: ${why}`,
    (result.all ?? '').split('\n').slice(-10).join('\n'),
  );
};

let built: Promise<unknown> | null = null;

/**
 * Builds the pooler's and the service's image, once per process: even where nothing has changed it takes half a second.
 */
export const buildImages = (project: Project): Promise<unknown> => {
  built ??= compose(project, ['build', project.poolerProduct, 'migrate'], 900_000).catch((error: unknown) => {
    built = null;
    throw error;
  });
  return built;
};
