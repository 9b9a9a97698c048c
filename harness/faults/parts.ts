/** What faults have in common: finding the exact part, looking from outside, toxics. */
import { readFileSync } from 'node:fs';
import net from 'node:net';
import pg from 'pg';
import { usageError } from '../errors.ts';
import type { Component, ToxiproxyLink } from '../stack/stack.ts';
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

/** One statement on a connection of its own; the server's answer or its error. */
export const ask = async <Row extends pg.QueryResultRow>(
  url: string,
  text: string,
  values: unknown[] = [],
  limitMs = 2000,
): Promise<Row[]> => {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: limitMs,
    query_timeout: limitMs,
    application_name: 'pgsurge-fault',
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
};

/** Longer than any statement's own limit: for a server that no longer answers at all. */
const heldLimitMs = 10_000;

/** Holds a connection open until `end`. */
export const hold = async (url: string): Promise<pg.Client> => {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5000,
    query_timeout: heldLimitMs,
    application_name: 'pgsurge-fault',
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

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

export const linkOf = ({ stack, with: values }: FaultContext): { apiUrl: string; link: ToxiproxyLink } => {
  const wanted = String(values['link'] ?? 'service-pooler');
  const link = stack.toxiproxy?.links.find(({ proxy }) => proxy === wanted);
  if (stack.toxiproxy === null || link === undefined)
    throw usageError(`there is no proxy on the link ${wanted}: the scenario must declare stack.proxies`);
  return { apiUrl: stack.toxiproxy.apiUrl, link };
};

export interface Toxic {
  type: string;
  stream?: 'upstream' | 'downstream';
  toxicity?: number;
  attributes: Record<string, number>;
}

const addToxic = async (apiUrl: string, proxy: string, name: string, toxic: Toxic): Promise<void> => {
  const answer = await fetch(`${apiUrl}/proxies/${proxy}/toxics`, {
    method: 'POST',
    body: JSON.stringify({ name, toxicity: 1, stream: 'downstream', ...toxic }),
    headers: { 'content-type': 'application/json' },
    signal: AbortSignal.timeout(2000),
  });
  if (!answer.ok) throw new Error(`Toxiproxy refused ${toxic.type} on ${proxy}: ${await answer.text()}`);
};

const toxicNames = async (apiUrl: string, proxy: string): Promise<string[]> => {
  const answer = await fetch(`${apiUrl}/proxies/${proxy}/toxics`, { signal: AbortSignal.timeout(2000) });
  return ((await answer.json()) as { name: string }[]).map(({ name }) => name);
};

export type ProbeOutcome = { kind: 'answered'; tookMs: number } | { kind: 'silent' } | { kind: 'reset'; text: string };

/** The first bytes of the Postgres protocol through a link: SSLRequest, to which any server answers one byte. */
export const probeLink = ({ listen }: ToxiproxyLink, limitMs: number): Promise<ProbeOutcome> =>
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
  toxic: Toxic,
  bites: (probe: ProbeOutcome) => string | null,
  probeLimitMs = 1500,
  probes = 1,
): ResolvedFault => {
  const { apiUrl, link } = linkOf(context);
  const name = `pgsurge-${id}`;
  const remove = async (): Promise<void> => {
    await fetch(`${apiUrl}/proxies/${link.proxy}/toxics/${name}`, {
      method: 'DELETE',
      signal: AbortSignal.timeout(2000),
    });
  };
  return {
    target: `link ${link.proxy} (${link.listen.host}:${link.listen.port} to ${link.upstream.host}:${link.upstream.port})`,
    reverts: [{ kind: 'toxic', apiUrl, proxy: link.proxy, toxic: name }],
    inject: async () => {
      await addToxic(apiUrl, link.proxy, name, toxic);
      return {
        heal: remove,
        biteAtTarget: async () => {
          let text: string | null = null;
          for (let probe = 0; probe < probes; probe += 1) {
            text = bites(await probeLink(link, probeLimitMs));
            if (text === null) return null;
          }
          return text === null ? null : { text, source: 'probe through the same link' };
        },
        revertProved: async () =>
          !(await toxicNames(apiUrl, link.proxy)).includes(name) && bites(await probeLink(link, probeLimitMs)) === null,
      };
    },
  };
};
