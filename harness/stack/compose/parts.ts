/** Postgres, the poolers and the proxy in their containers: when each serves, and with which settings. */
import { poolerOf } from '../../servers/pooler-products.ts';
import { serverVersion } from '../../servers/postgres/version.ts';
import { toxiproxyAt } from '../../servers/toxiproxy/client.ts';
import type { Addresses } from '../addresses.ts';
import { readSettings } from '../database-settings.ts';
import { statedProxies, type StatedProxies } from '../../servers/toxiproxy/hops.ts';
import { linkServes } from '../link.ts';
import { connectOwner } from '../owner.ts';
import { answersReady, urlAt } from '../partner.ts';
import { poolerLogName, poolerTitle, stackConsole, verifyPooler } from '../poolers.ts';
import type { RoleName } from '../roles.ts';
import { budgets } from '../spec.ts';
import type { Component, ContainerServiceOptions, StackSpec } from '../stack.ts';
import { ContainerPart } from './container.ts';
import type { Container, Docker } from './engine.ts';
import { proxiesInside } from './project.ts';

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

export interface StartedPooler extends StartedPart {
  adminUrl: string;
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
  const part = await adopt(context, container, {
    component: 'database',
    instance: 0,
    title: 'Postgres',
    logFile: context.logFile('postgres'),
    readyLimitMs: 60_000,
    ready: async () => {
      await (await connectOwner(addresses.database, passwords.owner))[Symbol.asyncDispose]();
      return true;
    },
  });
  await using owner = await connectOwner(addresses.database, passwords.owner);
  const settings = await readSettings(owner, spec);
  const version = await serverVersion(owner);
  await owner.query('SELECT pg_stat_statements_reset()');
  return { part, component: part.component, settings, version };
};

const adminUrlAt = ({ addresses, spec, adminPassword }: PartsContext, instance: number): string => {
  const address = addresses.poolers[instance];
  if (address === undefined) throw new Error(`there is no pooler ${instance}`);
  return poolerOf(spec.poolerProduct).adminUrl(address, adminPassword);
};

/** Serves once its console answers. It has not tried the database yet: see `verifyPoolers`. */
export const adoptPooler = async (
  context: PartsContext,
  container: Container,
  instance: number,
): Promise<StartedPooler> => {
  const product = context.spec.poolerProduct;
  const adminUrl = adminUrlAt(context, instance);
  const console = stackConsole(product, adminUrl);
  let settings: Record<string, string> = {};
  let version = '';
  const part = await adopt(context, container, {
    component: 'pooler',
    instance,
    title: poolerTitle(product, instance),
    logFile: context.logFile(poolerLogName(product, instance)),
    readyLimitMs: 20_000,
    ready: async () => {
      settings = await console.settings();
      version = /\d+\.\d+\S*/.exec(await console.version())?.[0] ?? '';
      return true;
    },
  });
  return { part, component: part.component, adminUrl, settings, version };
};

export type AdoptedProxy = StartedPart & Pick<StatedProxies, 'slow'>;

/** Serves once its proxies are made: they listen inside the container, and lead to what containers call the others. */
export const adoptProxy = async (
  context: PartsContext,
  container: Container,
  apiUrl: string,
): Promise<AdoptedProxy> => {
  const { make, slow } = statedProxies(apiUrl, proxiesInside(context.addresses, context.hostNetwork));
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
  return { part, component: part.component, settings: {}, version: await toxiproxyAt(apiUrl).version(), slow };
};

const startLimitMs = 20_000;

/** It is slow from the start: nothing that the stack's start needs passes there. */
export const adoptLink = (context: PartsContext, container: Container): Promise<ContainerPart> => {
  const logFile = context.logFile('link');
  return adopt(context, container, {
    component: 'proxy',
    instance: 0,
    title: 'the link',
    logFile,
    readyLimitMs: startLimitMs,
    ready: async () => linkServes(logFile),
  });
};

export const adoptPartner = (context: PartsContext, container: Container): Promise<ContainerPart> =>
  adopt(context, container, {
    component: 'partner',
    instance: 0,
    title: 'the partner',
    logFile: context.logFile('partner'),
    readyLimitMs: startLimitMs,
    ready: () => answersReady(urlAt(context.addresses.partner)),
  });

export const verifyPoolers = async (context: PartsContext): Promise<void> => {
  const { addresses, spec, passwords } = context;
  await Promise.all(
    addresses.poolers.map((address, instance) =>
      verifyPooler({ product: spec.poolerProduct, address, adminUrl: adminUrlAt(context, instance) }, passwords.app),
    ),
  );
};
