/** Ports of a stack that the harness starts itself, and the URLs that follow from them. */
import { postgresUrl, type Address } from '../servers/address.ts';
import type { PoolerProduct } from '../servers/pooler-products.ts';
import type { Workspace } from '../system/workspace.ts';
import { type Hop, type HopProxies, type HopProxy, type ProxyRole } from '../servers/toxiproxy/hops.ts';
import { databaseName, roleNames, type RoleName } from './roles.ts';
import type { StackSpec, StartedStack } from './stack.ts';

const host = '127.0.0.1';

/** Where everything listens, as this process reaches it. */
export interface Addresses {
  database: Address;
  poolerProduct: PoolerProduct;
  poolers: Address[];
  /** Toxiproxy's; null where it stands on no hop. */
  api: Address | null;
  proxies: HopProxies;
  /** Whose the proxies are; null where there are none. */
  proxiesBy: 'toxiproxy' | 'link' | null;
  /** The partner's. */
  partner: Address;
  /** What the poolers and, on the direct route, the service dial. */
  poolerUpstream: Address;
  servicePooler: Address;
  serviceDatabase: Address;
}

/** What passes the database's link twice as slow is slow twice: its stated latency and the service's link add up. */
const roundTripsOf = ({ linkMs, databaseLinkLatencyMs }: StackSpec): Record<Hop, number> => ({
  'service-pooler': linkMs,
  'pooler-database': databaseLinkLatencyMs,
  'service-database': linkMs + databaseLinkLatencyMs,
});

/** Faults, and a database far away, need Toxiproxy; the service's link alone has a proxy of ours that costs less. */
const proxiesByOf = ({ proxies, linkMs, databaseLinkLatencyMs }: StackSpec): Addresses['proxiesBy'] => {
  if (proxies || databaseLinkLatencyMs > 0) return 'toxiproxy';
  return linkMs > 0 ? 'link' : null;
};

/** A hop has a proxy where it takes time, and each of them where `spec.proxies` lets faults act. */
const proxiesOf = (spec: StackSpec, { database, poolers }: Direct, listen: Record<Hop, Address>): HopProxies => {
  const roundTrips = roundTripsOf(spec);
  const faults: ProxyRole[] = proxiesByOf(spec) === 'toxiproxy' ? ['fault'] : [];
  // Without a pooler nobody dials one.
  const upstreams: Record<Hop, Address | undefined> = {
    'pooler-database': database,
    'service-database': database,
    'service-pooler': poolers[0],
  };
  const hops = (Object.keys(upstreams) as Hop[]).filter(
    (hop) => (spec.proxies || roundTrips[hop] > 0) && upstreams[hop] !== undefined,
  );
  return Object.fromEntries(
    hops.map((hop): [Hop, HopProxy] => {
      const roundTripMs = roundTrips[hop];
      const roles: ProxyRole[] = roundTripMs > 0 ? ['link', ...faults] : faults;
      return [hop, { listen: listen[hop], upstream: upstreams[hop] as Address, roles, roundTripMs }];
    }),
  );
};

interface Direct {
  database: Address;
  poolers: Address[];
}

/** What is dialled on a hop: its proxy where it has one, else the server itself. */
const dialledOn = (proxies: HopProxies, hop: Hop, server: Address): Address => proxies[hop]?.listen ?? server;

type SixPorts = [Address, Address, Address, Address, Address, Address, ...Address[]];

export const allotPorts = async (spec: StackSpec, workspace: Pick<Workspace, 'freePorts'>): Promise<Addresses> => {
  const ports = (await workspace.freePorts(1 + spec.poolers + 5)).map((port): Address => ({ host, port }));
  const [database, api, poolerDatabase, serviceDatabase, servicePooler, partner, ...poolers] = ports as SixPorts;
  const listen: Record<Hop, Address> = {
    'pooler-database': poolerDatabase,
    'service-database': serviceDatabase,
    'service-pooler': servicePooler,
  };
  const proxies = proxiesOf(spec, { database, poolers }, listen);
  const proxiesBy = proxiesByOf(spec);
  return {
    database,
    poolerProduct: spec.poolerProduct,
    poolers,
    api: proxiesBy === 'toxiproxy' ? api : null,
    proxies,
    proxiesBy,
    partner,
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

type Dialled = Pick<Addresses, 'poolers' | 'serviceDatabase' | 'servicePooler'>;

/** What a replica dials. Replicas share several poolers out among them; only the first has a proxy of the link's. */
export const dialledBy = (replica: number, route: 'pooler' | 'direct', addresses: Dialled): Address => {
  if (route === 'direct') return addresses.serviceDatabase;
  const pooler = replica % Math.max(1, addresses.poolers.length);
  return pooler === 0 ? addresses.servicePooler : addresses.poolers[pooler]!;
};

/** The URLs that a started stack gives out. */
export const urlsOf = (
  addresses: Dialled & Pick<Addresses, 'database'>,
  passwords: Record<RoleName, string>,
): Pick<StartedStack, 'databaseUrl' | 'serviceUrl'> => ({
  databaseUrl: (role) => urlOf(addresses.database, role, passwords),
  serviceUrl: (route, role, replica = 0) => urlOf(dialledBy(replica, route, addresses), role, passwords),
});

export const apiUrlOf = ({ host: apiHost, port }: Address): string => `http://${apiHost}:${port}`;
