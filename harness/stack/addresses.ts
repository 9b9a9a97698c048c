/** Ports of a stack that the harness starts itself, and the URLs that follow from them. */
import { postgresUrl, type Address } from '../servers/address.ts';
import type { PoolerProduct } from '../servers/pooler-products.ts';
import type { Workspace } from '../system/workspace.ts';
import type { HopProxies, ProxyRole } from '../servers/toxiproxy/hops.ts';
import { databaseName, roleNames, type RoleName } from './roles.ts';
import type { StackSpec } from './stack.ts';

const host = '127.0.0.1';

/** Where everything listens, as this process reaches it. */
export interface Addresses {
  database: Address;
  poolerProduct: PoolerProduct;
  poolers: Address[];
  /** Toxiproxy's; null where no hop has a proxy. */
  api: Address | null;
  proxies: HopProxies;
  /** What the poolers and, on the direct route, the service dial. */
  poolerUpstream: Address;
  servicePooler: Address;
  serviceDatabase: Address;
}

type FivePorts = [Address, Address, Address, Address, Address, ...Address[]];

/** Latency alone needs proxies on the database's hops only; `spec.proxies` puts one before the first pooler too. */
export const allotPorts = async (spec: StackSpec, workspace: Pick<Workspace, 'freePorts'>): Promise<Addresses> => {
  const ports = (await workspace.freePorts(1 + spec.poolers + 4)).map((port): Address => ({ host, port }));
  const [database, api, poolerDatabase, serviceDatabase, servicePooler, ...poolers] = ports as FivePorts;
  const firstPooler = poolers[0] as Address;
  const direct = {
    database,
    poolerProduct: spec.poolerProduct,
    poolers,
    poolerUpstream: database,
    serviceDatabase: database,
    servicePooler: firstPooler,
  };
  const slowed = spec.databaseLinkLatencyMs > 0;
  if (!slowed && !spec.proxies) return { ...direct, api: null, proxies: {} };
  const roles: ProxyRole[] = slowed ? ['link', 'fault'] : ['fault'];
  const onDatabase: HopProxies = {
    'pooler-database': { listen: poolerDatabase, upstream: database, roles },
    'service-database': { listen: serviceDatabase, upstream: database, roles },
  };
  const behindProxies = { ...direct, api, poolerUpstream: poolerDatabase, serviceDatabase };
  if (!spec.proxies) return { ...behindProxies, proxies: onDatabase };
  const onPooler: HopProxies = { 'service-pooler': { listen: servicePooler, upstream: firstPooler, roles: ['fault'] } };
  return { ...behindProxies, servicePooler, proxies: { ...onDatabase, ...onPooler } };
};

/** Waits for all, so that nothing is still starting when what has started is stopped; then throws the first failure. */
export const allSettledOrThrow = async <Values extends readonly unknown[]>(promises: {
  [Key in keyof Values]: Promise<Values[Key]>;
}): Promise<Values> => {
  await Promise.allSettled(promises as readonly Promise<unknown>[]);
  return Promise.all(promises as readonly Promise<unknown>[]) as unknown as Promise<Values>;
};

export const urlOf = (address: Address, role: RoleName, passwords: Record<RoleName, string>): string =>
  postgresUrl(address, { user: roleNames[role], password: passwords[role], database: databaseName });
