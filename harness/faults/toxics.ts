/** Faults of a hop: a toxic of Toxiproxy, proved by a probe of our own through the same proxy. */
import net from 'node:net';
import { z } from 'zod';
import { usageError } from '../errors.ts';
import { toxiproxyAt, type Toxic } from '../servers/toxiproxy/client.ts';
import { hopsIn, type Hop, type HopProxy } from '../servers/toxiproxy/hops.ts';
import type { FaultContext, ResolvedFault } from './fault.ts';

const hops = ['service-pooler', 'pooler-database', 'service-database'] as const satisfies Hop[];

/** Which hop is broken. */
export const linkOption = z.enum(hops).default('service-pooler');
/** Which bytes are hit: downstream are answers, upstream are requests. */
export const streamOption = z.enum(['downstream', 'upstream']).default('downstream');

interface BrokenHop {
  hop: Hop;
  proxy: HopProxy;
  apiUrl: string;
}

const hopOf = ({ stack: { toxiproxy } }: FaultContext, wanted: Hop): BrokenHop => {
  const [hop, proxy] = hopsIn(toxiproxy?.proxies ?? {}).find(([name]) => name === wanted) ?? [];
  if (toxiproxy === null || hop === undefined || proxy === undefined)
    throw usageError(`there is no proxy on the link ${wanted}: the scenario must declare stack.proxies`);
  return { hop, proxy, apiUrl: toxiproxy.apiUrl };
};

type ProbeOutcome = { kind: 'answered'; tookMs: number } | { kind: 'silent' } | { kind: 'reset'; text: string };

/** The first bytes of the Postgres protocol through a link: SSLRequest, to which any server answers one byte. */
const probeLink = ({ listen }: HopProxy, limitMs: number): Promise<ProbeOutcome> =>
  new Promise((resolve) => {
    const startedAt = performance.now();
    const socket = net.connect(listen.port, listen.host);
    const end = (outcome: ProbeOutcome): void => {
      socket.destroy();
      resolve(outcome);
    };
    socket.setTimeout(limitMs, () => end({ kind: 'silent' }));
    socket.on('error', (error) => end({ kind: 'reset', text: error.message }));
    socket.on('close', () => end({ kind: 'reset', text: 'closed without an answer' }));
    socket.on('data', () => end({ kind: 'answered', tookMs: performance.now() - startedAt }));
    socket.on('connect', () => socket.write(Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])));
  });

interface ToxicFault {
  /** The fault's id, which is the name of its file. */
  id: string;
  link: Hop;
  toxic: Pick<Toxic, 'type' | 'attributes'> & Partial<Pick<Toxic, 'stream' | 'toxicity'>>;
  /** What a probe shows of it, in words; null: nothing. */
  bites(probe: ProbeOutcome): string | null;
  probeLimitMs?: number;
  /** So many probes in a row must show it, where a busy machine could do to one of them what the toxic does. */
  probes?: number;
}

/** The text of the last of these looks, or null as soon as one shows nothing. */
const shownByAll = async (looks: number, look: () => Promise<string | null>): Promise<string | null> => {
  let text: string | null = null;
  for (let count = 0; count < looks; count += 1) {
    text = await look();
    if (text === null) return null;
  }
  return text;
};

/** The bite is seen by probes through the same proxy, and so is its end. */
export const toxicFault = (context: FaultContext, options: ToxicFault): ResolvedFault => {
  const { id, toxic, bites, probeLimitMs = 1500, probes = 1 } = options;
  const { apiUrl, hop, proxy } = hopOf(context, options.link);
  const { listen, upstream } = proxy;
  const toxiproxy = toxiproxyAt(apiUrl);
  const name = `pgsurge-${id}`;
  const isThere = async (): Promise<boolean> =>
    (await toxiproxy.proxies()).some((one) => one.name === hop && one.toxics.some((other) => other.name === name));
  const probe = async (): Promise<string | null> => bites(await probeLink(proxy, probeLimitMs));
  return {
    target: `link ${hop} (${listen.host}:${listen.port} to ${upstream.host}:${upstream.port})`,
    reverts: [{ kind: 'toxic', apiUrl, proxy: hop, toxic: name }],
    inject: async () => {
      await toxiproxy.addToxic(hop, { name, toxicity: 1, stream: 'downstream', ...toxic });
      return {
        heal: () => toxiproxy.removeToxic(hop, name),
        biteAtTarget: async () => {
          const text = await shownByAll(probes, probe);
          return text === null ? null : { text, source: 'probe through the same link' };
        },
        revertProved: async () => !(await isThere()) && (await probe()) === null,
      };
    },
  };
};
