/** Ports of a stack that the harness starts itself, and the URLs that follow from them. */
import { postgresUrl, type Address } from '../servers/address.ts';
import type { PoolerProduct } from '../servers/pooler-products.ts';
import type { Workspace } from '../system/workspace.ts';
import { hopsIn, type Hop, type HopProxies, type ProxyRole } from '../servers/toxiproxy/hops.ts';
import { databaseName, roleNames, type RoleName } from './roles.ts';
import type { StackSpec, StartedStack } from './stack.ts';

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

/** Latency alone needs proxies on the database's hops only; `spec.proxies` puts one before the first pooler too. */
const proxiesOf = (spec: StackSpec, { database, poolers }: Direct, listen: Record<Hop, Address>): HopProxies => {
  const slowed = spec.databaseLinkLatencyMs > 0;
  if (!slowed && !spec.proxies) return {};
  const roles: ProxyRole[] = slowed ? ['link', 'fault'] : ['fault'];
  const onDatabase: HopProxies = {
    'pooler-database': { listen: listen['pooler-database'], upstream: database, roles },
    'service-database': { listen: listen['service-database'], upstream: database, roles },
  };
  if (!spec.proxies) return onDatabase;
  const upstream = poolers[0] as Address;
  return { ...onDatabase, 'service-pooler': { listen: listen['service-pooler'], upstream, roles: ['fault'] } };
};

interface Direct {
  database: Address;
  poolers: Address[];
}

/** What is dialled on a hop: its proxy where it has one, else the server itself. */
const dialledOn = (proxies: HopProxies, hop: Hop, server: Address): Address => proxies[hop]?.listen ?? server;

type FivePorts = [Address, Address, Address, Address, Address, ...Address[]];

export const allotPorts = async (spec: StackSpec, workspace: Pick<Workspace, 'freePorts'>): Promise<Addresses> => {
  const ports = (await workspace.freePorts(1 + spec.poolers + 4)).map((port): Address => ({ host, port }));
  const [database, api, poolerDatabase, serviceDatabase, servicePooler, ...poolers] = ports as FivePorts;
  const listen: Record<Hop, Address> = {
    'pooler-database': poolerDatabase,
    'service-database': serviceDatabase,
    'service-pooler': servicePooler,
  };
  const proxies = proxiesOf(spec, { database, poolers }, listen);
  return {
    database,
    poolerProduct: spec.poolerProduct,
    poolers,
    api: hopsIn(proxies).length === 0 ? null : api,
    proxies,
    poolerUpstream: dialledOn(proxies, 'pooler-database', database),
    serviceDatabase: dialledOn(proxies, 'service-database', database),
    servicePooler: dialledOn(proxies, 'service-pooler', poolers[0] as Address),
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
  postgresUrl(address, { user: roleNames[role], password: passwords[role], database: databaseName });

/** The URLs that a started stack gives out. */
export const urlsOf = (
  addresses: Pick<Addresses, 'database' | 'serviceDatabase' | 'servicePooler'>,
  passwords: Record<RoleName, string>,
): Pick<StartedStack, 'databaseUrl' | 'serviceUrl'> => ({
  databaseUrl: (role) => urlOf(addresses.database, role, passwords),
  serviceUrl: (route, role) =>
    urlOf(route === 'direct' ? addresses.serviceDatabase : addresses.servicePooler, role, passwords),
});

export const apiUrlOf = ({ host: apiHost, port }: Address): string => `http://${apiHost}:${port}`;
