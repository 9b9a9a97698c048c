/** Ports of a stack that the harness starts itself, and the URLs that follow from them. */
import type { Workspace } from '../system/workspace.ts';
import { databaseName, roleNames, type RoleName } from './roles.ts';
import type { Address, StackSpec, ToxiproxyLink } from './stack.ts';

const host = '127.0.0.1';

/** Where everything listens, as this process reaches it. */
export interface Addresses {
  database: Address;
  poolers: Address[];
  api: Address | null;
  links: ToxiproxyLink[];
  /** What the poolers and, on the direct route, the service dial. */
  poolerUpstream: Address;
  servicePooler: Address;
  serviceDatabase: Address;
}

/** Latency alone needs the database's links only; `proxies` puts one before the first pooler too. */
export const allotPorts = async (spec: StackSpec, workspace: Pick<Workspace, 'freePorts'>): Promise<Addresses> => {
  const ports = (await workspace.freePorts(1 + spec.poolers + 4)).map((port): Address => ({ host, port }));
  const [database, api, poolerDatabase, serviceDatabase, servicePooler, ...poolers] = ports as [
    Address,
    Address,
    Address,
    Address,
    Address,
    ...Address[],
  ];
  const firstPooler = poolers[0] as Address;
  const direct = { database, poolers, poolerUpstream: database, serviceDatabase: database, servicePooler: firstPooler };
  if (spec.databaseLinkLatencyMs <= 0 && !spec.proxies) return { ...direct, api: null, links: [] };
  const links: ToxiproxyLink[] = [
    { proxy: 'pooler-database', listen: poolerDatabase, upstream: database },
    { proxy: 'service-database', listen: serviceDatabase, upstream: database },
    ...(spec.proxies ? [{ proxy: 'service-pooler' as const, listen: servicePooler, upstream: firstPooler }] : []),
  ];
  return {
    ...direct,
    api,
    links,
    poolerUpstream: poolerDatabase,
    serviceDatabase,
    servicePooler: spec.proxies ? servicePooler : firstPooler,
  };
};

/** Waits for all, so that nothing is still starting when what has started is stopped; then throws the first failure. */
export const allSettledOrThrow = async <Values extends readonly unknown[]>(promises: {
  [Key in keyof Values]: Promise<Values[Key]>;
}): Promise<Values> => {
  await Promise.allSettled(promises as readonly Promise<unknown>[]);
  return Promise.all(promises as readonly Promise<unknown>[]) as unknown as Promise<Values>;
};

export const urlOf = (address: Address, role: RoleName, passwords: Record<RoleName, string>): string =>
  `postgres://${roleNames[role]}:${passwords[role]}@${address.host}:${address.port}/${databaseName}`;
