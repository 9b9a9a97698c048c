/**
 * Hops: the network steps between two parts of the stack. A hop has at most one proxy, and all that is done to what
 * passes there is a role of that one proxy. It is Toxiproxy's, named like the hop, where a fault may act, and else the
 * link's own (`servers/link/`), which takes less CPU.
 */
import type { Address } from '../address.ts';
import { toxiproxyAt, type ProxyAddresses, type Toxic } from './client.ts';

export type Hop = 'service-pooler' | 'pooler-database' | 'service-database';

/**
 * `link`: it holds answers back for the stated latency of the hop. `fault`: faults may slow or break what passes. A tap
 * that looks at what passes stands before it (`stack/tap-hops.ts`).
 */
export type ProxyRole = 'link' | 'fault';

export interface HopProxy {
  listen: Address;
  upstream: Address;
  roles: readonly ProxyRole[];
  /** How much longer each answer takes; 0 without the role `link`. */
  roundTripMs: number;
}

/** Hops without a proxy are absent. */
export type HopProxies = Readonly<Partial<Record<Hop, HopProxy>>>;

export const hopsIn = (proxies: HopProxies): [Hop, HopProxy][] => Object.entries(proxies) as [Hop, HopProxy][];

/** Name of the toxic that makes the stated latency. Faults leave it in place when they heal. */
export const statedLatencyToxic = 'stated-latency';

const textOf = ({ host, port }: Address): string => `${host}:${port}`;

export interface StatedProxies {
  /**
   * Makes the proxies, in place of what was there by the same names. A Toxiproxy that starts again gets back what it
   * had.
   */
  make(): Promise<void>;
  /**
   * From here on with the stated latency: not before the poolers are proven, which would take three slow round trips.
   */
  slow(): Promise<void>;
}

/** On what the server answers, so that each round trip, of which a login has several, takes that much longer. */
const latencyToxic = (latencyMs: number): Toxic => ({
  name: statedLatencyToxic,
  type: 'latency',
  stream: 'downstream',
  toxicity: 1,
  attributes: { latency: latencyMs, jitter: 0 },
});

const addressesOf = ([name, { listen, upstream }]: [Hop, HopProxy]): ProxyAddresses => ({
  name,
  listen: textOf(listen),
  upstream: textOf(upstream),
});

/** The proxies of a Toxiproxy that answers at `apiUrl`. */
export const statedProxies = (apiUrl: string, proxies: HopProxies): StatedProxies => {
  const toxiproxy = toxiproxyAt(apiUrl);
  const links = hopsIn(proxies).filter(([, { roles }]) => roles.includes('link'));
  let slowed = false;
  const setLatency = async (): Promise<void> => {
    for (const [hop, { roundTripMs }] of links) await toxiproxy.addToxic(hop, latencyToxic(roundTripMs));
  };
  return {
    make: async () => {
      await toxiproxy.populate(hopsIn(proxies).map(addressesOf));
      if (slowed) await setLatency();
    },
    slow: async () => {
      slowed = links.length > 0;
      await setLatency();
    },
  };
};
