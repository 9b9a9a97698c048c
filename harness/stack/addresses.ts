/** Ports of a stack that the harness starts itself, and the URLs that follow from them. */
import { postgresUrl, type Address } from '../servers/address.ts';
import type { PoolerProduct } from '../servers/pooler-products.ts';
import type { Workspace } from '../system/workspace.ts';
import { type Hop, type HopProxies, type HopProxy, type ProxyRole } from '../servers/toxiproxy/hops.ts';
import { databaseName, roleNames, type RoleName } from './roles.ts';
import type { StackSpec, StartedStack } from './stack.ts';
import { poolerHop, portsPerTap, tapHops, type TapHop, type TappedHop } from './tap-hops.ts';

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
  /** What the service dials of each pooler. */
  servicePoolers: Address[];
  serviceDatabase: Address;
  taps: TapHop[];
}

/** What passes the database's link twice as slow is slow twice: its stated latency and the service's link add up. */
const roundTripsOf = ({ linkMs, databaseLinkLatencyMs }: StackSpec): Record<Hop, number> => ({
  'service-pooler': linkMs,
  'pooler-database': databaseLinkLatencyMs,
  'service-database': linkMs + databaseLinkLatencyMs,
});

/**
 * Faults, and a database far away, need Toxiproxy; the service's link alone has a proxy of ours that costs less, or the
 * tap makes its latency where one stands there.
 */
const proxiesByOf = ({ proxies, linkMs, databaseLinkLatencyMs, tap }: StackSpec): Addresses['proxiesBy'] => {
  if (proxies || databaseLinkLatencyMs > 0) return 'toxiproxy';
  return linkMs > 0 && !tap ? 'link' : null;
};

const proxyOf = (listen: Address, upstream: Address, roundTripMs: number, faults: ProxyRole[]): HopProxy => ({
  listen,
  upstream,
  roles: roundTripMs > 0 ? ['link', ...faults] : faults,
  roundTripMs,
});

/** A hop has a proxy where it takes time, and each of them where `spec.proxies` lets faults act. */
const proxiesOf = (spec: StackSpec, { database, poolers }: Direct, listen: Record<Hop, Address>): HopProxies => {
  const roundTrips = roundTripsOf(spec);
  if (proxiesByOf(spec) === null) return {};
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
    hops.map((hop) => [hop, proxyOf(listen[hop], upstreams[hop] as Address, roundTrips[hop], faults)]),
  );
};

interface Direct {
  database: Address;
  poolers: Address[];
}

/** What is dialled on a hop: its proxy where it has one, else the server itself. */
const dialledOn = (proxies: HopProxies, hop: Hop, server: Address): Address => proxies[hop]?.listen ?? server;

type SixPorts = [Address, Address, Address, Address, Address, Address, ...Address[]];

/** What is dialled where no tap stands. */
type Dialling = Pick<Addresses, 'poolerUpstream' | 'servicePoolers' | 'serviceDatabase'>;

const tappedHops = (spec: StackSpec, dialling: Dialling): TappedHop[] => {
  if (!spec.tap) return [];
  const roundTrips = roundTripsOf(spec);
  const isSlowElsewhere = proxiesByOf(spec) !== null;
  const made = (hop: Hop): number => (isSlowElsewhere ? 0 : roundTrips[hop]);
  return [
    { hop: 'service-database', upstream: dialling.serviceDatabase, roundTripMs: made('service-database') },
    { hop: 'pooler-database', upstream: dialling.poolerUpstream, roundTripMs: made('pooler-database') },
    ...dialling.servicePoolers.map((upstream, pooler) => ({
      hop: poolerHop(pooler),
      upstream,
      // As with the link's own proxy, it is the first pooler that is far away.
      roundTripMs: pooler === 0 ? made('service-pooler') : 0,
    })),
  ];
};

const throughTaps = (dialling: Dialling, taps: readonly TapHop[]): Dialling => {
  const at = (hop: string, otherwise: Address): Address => taps.find((one) => one.hop === hop)?.listen ?? otherwise;
  return {
    poolerUpstream: at('pooler-database', dialling.poolerUpstream),
    serviceDatabase: at('service-database', dialling.serviceDatabase),
    servicePoolers: dialling.servicePoolers.map((address, pooler) => at(poolerHop(pooler), address)),
  };
};

/** What is dialled of a server: its proxy where it has one. */
const throughProxies = (proxies: HopProxies, { database, poolers }: Direct): Dialling => ({
  poolerUpstream: dialledOn(proxies, 'pooler-database', database),
  serviceDatabase: dialledOn(proxies, 'service-database', database),
  servicePoolers: poolers.map((pooler, index) => (index === 0 ? dialledOn(proxies, 'service-pooler', pooler) : pooler)),
});

const portsOf = ({ poolers, tap }: StackSpec): number => 1 + poolers + 5 + (tap ? portsPerTap * (poolers + 2) : 0);

export const allotPorts = async (spec: StackSpec, workspace: Pick<Workspace, 'freePorts'>): Promise<Addresses> => {
  const ports = (await workspace.freePorts(portsOf(spec))).map((port): Address => ({ host, port }));
  const [database, api, poolerDatabase, serviceDatabase, servicePooler, partner, ...others] = ports as SixPorts;
  const poolers = others.slice(0, spec.poolers);
  const listen: Record<Hop, Address> = {
    'pooler-database': poolerDatabase,
    'service-database': serviceDatabase,
    'service-pooler': servicePooler,
  };
  const proxies = proxiesOf(spec, { database, poolers }, listen);
  const proxiesBy = proxiesByOf(spec);
  const dialling = throughProxies(proxies, { database, poolers });
  const taps = tapHops(tappedHops(spec, dialling), others.slice(spec.poolers));
  return {
    database,
    poolerProduct: spec.poolerProduct,
    poolers,
    api: proxiesBy === 'toxiproxy' ? api : null,
    proxies,
    proxiesBy,
    partner,
    taps,
    ...throughTaps(dialling, taps),
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

type Dialled = Pick<Addresses, 'servicePoolers' | 'serviceDatabase'>;

/** What a replica dials. Replicas share several poolers out among them; only the first has a proxy of the link's. */
export const dialledBy = (replica: number, route: 'pooler' | 'direct', addresses: Dialled): Address => {
  const { servicePoolers, serviceDatabase } = addresses;
  return route === 'direct' ? serviceDatabase : servicePoolers[replica % Math.max(1, servicePoolers.length)]!;
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
