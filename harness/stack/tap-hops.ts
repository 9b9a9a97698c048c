/** Where the stack's own taps stand (`--tap`): before each pooler, before the database, and between the two. */
import type { Address } from '../servers/address.ts';
import type { Hop } from '../servers/toxiproxy/hops.ts';
import type { ServedHop } from '../tap/serve.ts';

export interface TapHop {
  /** The hop, with a number from the second pooler on. */
  hop: string;
  listen: Address;
  metrics: Address;
  /** The hop's proxy where it has one, else the server. */
  upstream: Address;
  /** The link's latency, where the tap makes it; 0 where the hop's proxy does. */
  roundTripMs: number;
}

/** What is dialled where there is no tap. */
export interface TappedHop {
  hop: string;
  upstream: Address;
  roundTripMs: number;
}

/** Two ports each: where it listens, and where its figures are read. */
export const portsPerTap = 2;

export const tapHops = (tapped: readonly TappedHop[], ports: readonly Address[]): TapHop[] =>
  tapped.map((one, index) => ({
    ...one,
    listen: ports[index * portsPerTap]!,
    metrics: ports[index * portsPerTap + 1]!,
  }));

export const poolerHop = (pooler: number): string => {
  const hop: Hop = 'service-pooler';
  return pooler === 0 ? hop : `${hop}-${pooler + 1}`;
};

export const servedHop = ({ hop, listen, metrics, upstream, roundTripMs }: TapHop): ServedHop => ({
  hop,
  ...listen,
  metricsPort: metrics.port,
  upstream: `${upstream.host}:${upstream.port}`,
  roundTripMs,
});
