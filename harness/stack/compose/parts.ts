/** Postgres, the poolers and the proxy in their containers: when each serves, and with which settings. */
import pg from 'pg';
import { budgets } from '../spec.ts';
import type { Addresses } from '../addresses.ts';
import { readSettings } from '../local/database.ts';
import { connect, readPoolerSettings, verifyPooler } from '../local/pooler.ts';
import { statedLinks, type StatedLinks } from '../local/proxy.ts';
import { databaseName, roleNames, type RoleName } from '../roles.ts';
import type { Component, ContainerServiceOptions, StackSpec, ToxiproxyLink } from '../stack.ts';
import type { Container, Docker } from './engine.ts';
import { ContainerPart } from './container.ts';
import { adminUrlOf, insideAddress } from './project.ts';

export interface PartsContext {
  docker: Docker;
  spec: StackSpec;
  addresses: Addresses;
  passwords: Record<RoleName, string>;
  adminPassword: string;
  hostNetwork: boolean;
  logFile(name: string): string;
  log: (line: string) => void;
}

export interface StartedPart {
  part: ContainerPart;
  component: Component;
  version: string;
  settings: Record<string, string>;
}

const adopt = async (
  context: PartsContext,
  container: Container,
  options: Pick<ContainerServiceOptions, 'component' | 'instance' | 'title' | 'logFile' | 'ready' | 'readyLimitMs'>,
): Promise<ContainerPart> => {
  const part = new ContainerPart(context.docker, container, {
    ...options,
    budget: budgets[options.component] ?? null,
    supervise: false,
    log: context.log,
  });
  await part.adopt();
  return part;
};

/** Serves once the owner may log in by TCP: while it is being set up it listens on its socket only. */
export const adoptDatabase = async (context: PartsContext, container: Container): Promise<StartedPart> => {
  const { addresses, passwords, spec } = context;
  const client = async (): Promise<pg.Client> => {
    const made = new pg.Client({
      ...addresses.database,
      user: roleNames.owner,
      password: passwords.owner,
      database: databaseName,
      connectionTimeoutMillis: 2000,
      application_name: 'pgsurge-stack',
    });
    made.on('error', () => undefined);
    await made.connect();
    return made;
  };
  const part = await adopt(context, container, {
    component: 'database',
    instance: 0,
    title: 'Postgres',
    logFile: context.logFile('postgres'),
    readyLimitMs: 60_000,
    ready: async () => {
      await (await client()).end();
      return true;
    },
  });
  const owner = await client();
  try {
    const settings = await readSettings(owner, spec);
    const { rows } = await owner.query<{ server_version: string }>('SHOW server_version');
    await owner.query('SELECT pg_stat_statements_reset()');
    return { part, component: part.component, settings, version: rows[0]?.server_version.split(' ')[0] ?? '' };
  } finally {
    await owner.end();
  }
};

/** Serves once its console answers. It has not tried the database yet: see `verifyPooler`. */
export const adoptPooler = async (
  context: PartsContext,
  container: Container,
  instance: number,
): Promise<StartedPart> => {
  const address = context.addresses.poolers[instance];
  if (address === undefined) throw new Error(`there is no pooler ${instance}`);
  let settings: Record<string, string> = {};
  let version = '';
  const part = await adopt(context, container, {
    component: 'pooler',
    instance,
    title: `PgBouncer ${instance + 1}`,
    logFile: context.logFile(`pgbouncer-${instance + 1}`),
    readyLimitMs: 20_000,
    ready: async () => {
      const console = await connect(adminUrlOf(address, context.adminPassword));
      settings = await readPoolerSettings(console);
      version =
        /\d+\.\d+\S*/.exec((await console.query<{ version: string }>('SHOW VERSION')).rows[0]?.version ?? '')?.[0] ??
        '';
      await console.end();
      return true;
    },
  });
  return { part, component: part.component, settings, version };
};

export type AdoptedProxy = StartedPart & Pick<StatedLinks, 'slow'>;

/** Serves once its links are made: they listen inside the container, and lead to what containers call the others. */
export const adoptProxy = async (
  context: PartsContext,
  container: Container,
  apiUrl: string,
): Promise<AdoptedProxy> => {
  const { addresses, spec, hostNetwork } = context;
  const links = addresses.links.map((link): ToxiproxyLink => ({
    ...link,
    listen: hostNetwork ? link.listen : { host: '0.0.0.0', port: link.listen.port },
    upstream: insideAddress(addresses, link.upstream, hostNetwork),
  }));
  const { make, slow } = statedLinks(apiUrl, links, spec.databaseLinkLatencyMs);
  const part = await adopt(context, container, {
    component: 'proxy',
    instance: 0,
    title: 'Toxiproxy',
    logFile: context.logFile('toxiproxy'),
    readyLimitMs: 20_000,
    ready: async () => {
      await make();
      return true;
    },
  });
  const { version } = (await (await fetch(`${apiUrl}/version`, { signal: AbortSignal.timeout(2000) })).json()) as {
    version: string;
  };
  return { part, component: part.component, settings: {}, version, slow };
};

export const verifyPoolers = async ({ addresses, passwords, adminPassword }: PartsContext): Promise<void> => {
  await Promise.all(
    addresses.poolers.map((address) => verifyPooler(address, adminUrlOf(address, adminPassword), passwords.app)),
  );
};
