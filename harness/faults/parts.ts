/** What faults have in common: finding the exact part, looking from outside, toxics. */
import { readFileSync } from 'node:fs';
import net from 'node:net';
import type { QueryResultRow } from 'pg';
import { usageError } from '../errors.ts';
import { consoleAt } from '../servers/pooler-products.ts';
import type { PoolerConsole } from '../servers/pooler.ts';
import { askPostgres, connectPostgres, type PostgresConnection } from '../servers/postgres/connection.ts';
import { toxiproxyAt, type Toxic } from '../servers/toxiproxy/client.ts';
import { hopsIn, type Hop, type HopProxy } from '../servers/toxiproxy/hops.ts';
import type { Component, StackPooler } from '../stack/stack.ts';
import { identityOf } from '../system/proc.ts';
import type { FaultContext, ResolvedFault } from './fault.ts';

/** The part of that name and instance. Throws if there is none or it is down already. */
export const componentOf = ({ stack, service }: FaultContext, name: Component['name'], instance = 0): Component => {
  const component = [...stack.components, ...service.components].find(
    (one) => one.name === name && one.instance === instance,
  );
  if (component === undefined) throw usageError(`there is no ${name} ${instance} to break in this stack`);
  if (component.usage() === null) throw usageError(`${name} ${instance} is down before the fault`);
  return component;
};

/** Which process or container it is now; `gone` while it is down. */
export const idOf = (component: Component): string => {
  const usage = component.usage();
  if (usage === null) return 'gone';
  if (usage.kind === 'processTree') return `pid ${usage.pid} started ${identityOf(usage.pid)?.startTime ?? 'gone'}`;
  return usage.kind === 'container' ? `container ${usage.id}` : usage.path;
};

/** The harness's own sessions are told apart by it: one that a fault left behind is found by this name. */
const application = 'pgsurge-fault';

/** One statement on a connection of its own; the server's answer or its error. */
export const ask = <Row extends QueryResultRow>(
  url: string,
  text: string,
  values: unknown[] = [],
  limitMs = 2000,
): Promise<Row[]> => askPostgres({ url, application, limits: { connectMs: limitMs, answerMs: limitMs } }, text, values);

/** The console of a pooler of the stack. */
export const consoleOf = ({ product, adminUrl }: StackPooler, limitMs = 2000): PoolerConsole =>
  consoleAt(product, { url: adminUrl, application, limits: { connectMs: limitMs, answerMs: limitMs } });

/** Longer than any statement's own limit: for a server that no longer answers at all. */
const heldLimitMs = 10_000;

/** A connection that stays open until it is disposed of. */
export const hold = (url: string): Promise<PostgresConnection> =>
  connectPostgres({ url, application, limits: { connectMs: 5000, answerMs: heldLimitMs } });

/** A database or pooler that answers a real query serves; a pid or an open port alone proves nothing. */
export const serves = (url: string): Promise<boolean> =>
  ask(url, 'SELECT 1').then(
    () => true,
    () => false,
  );

/** State letter of /proc/PID/stat: T is stopped, Z a zombie. */
export const stateLetter = (pid: number): string | null => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.[0] ?? null;
  } catch {
    return null;
  }
};

interface BrokenHop {
  hop: Hop;
  proxy: HopProxy;
  apiUrl: string;
}

/** The hop that the step's `with.link` names, and its proxy. */
export const hopOf = ({ stack: { toxiproxy }, with: values }: FaultContext): BrokenHop => {
  const wanted = String(values['link'] ?? 'service-pooler');
  const [hop, proxy] = hopsIn(toxiproxy?.proxies ?? {}).find(([name]) => name === wanted) ?? [];
  if (toxiproxy === null || hop === undefined || proxy === undefined)
    throw usageError(`there is no proxy on the link ${wanted}: the scenario must declare stack.proxies`);
  return { hop, proxy, apiUrl: toxiproxy.apiUrl };
};

/** What a fault says of its toxic; the rest is as usual. */
export type FaultToxic = Pick<Toxic, 'type' | 'attributes'> & Partial<Pick<Toxic, 'stream' | 'toxicity'>>;

export type ProbeOutcome = { kind: 'answered'; tookMs: number } | { kind: 'silent' } | { kind: 'reset'; text: string };

/** The first bytes of the Postgres protocol through a link: SSLRequest, to which any server answers one byte. */
export const probeLink = ({ listen }: HopProxy, limitMs: number): Promise<ProbeOutcome> =>
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

/**
 * A toxic on one link. The bite is seen by a probe of our own through the same link, or by so many in a row where a busy
 * machine could do to one of them what the toxic does; so is its end.
 */
export const toxicFault = (
  context: FaultContext,
  id: string,
  toxic: FaultToxic,
  bites: (probe: ProbeOutcome) => string | null,
  probeLimitMs = 1500,
  probes = 1,
): ResolvedFault => {
  const { apiUrl, hop, proxy } = hopOf(context);
  const { listen, upstream } = proxy;
  const toxiproxy = toxiproxyAt(apiUrl);
  const name = `pgsurge-${id}`;
  const isThere = async (): Promise<boolean> =>
    (await toxiproxy.proxies()).some((one) => one.name === hop && one.toxics.some((other) => other.name === name));
  return {
    target: `link ${hop} (${listen.host}:${listen.port} to ${upstream.host}:${upstream.port})`,
    reverts: [{ kind: 'toxic', apiUrl, proxy: hop, toxic: name }],
    inject: async () => {
      await toxiproxy.addToxic(hop, { name, toxicity: 1, stream: 'downstream', ...toxic });
      return {
        heal: () => toxiproxy.removeToxic(hop, name),
        biteAtTarget: async () => {
          let text: string | null = null;
          for (let probe = 0; probe < probes; probe += 1) {
            text = bites(await probeLink(proxy, probeLimitMs));
            if (text === null) return null;
          }
          return text === null ? null : { text, source: 'probe through the same link' };
        },
        revertProved: async () => !(await isThere()) && bites(await probeLink(proxy, probeLimitMs)) === null,
      };
    },
  };
};
