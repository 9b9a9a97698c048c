import type { Workspace } from '../../system/workspace.ts';
import type { Tool } from '../../tools/tool.ts';
import type { Address, StackSpec, ToxiproxyLink } from '../stack.ts';
import type { StackContext } from '../start.ts';
import { startPart, type Part } from './part.ts';

export interface ProxyOptions {
  toxiproxy: Tool;
  spec: StackSpec;
  api: Address;
  links: readonly ToxiproxyLink[];
  folder: string;
  logFile: string;
  workspace: Workspace;
  onLost: StackContext['onLost'];
}

export interface StartedProxy {
  part: Part;
  apiUrl: string;
  links: readonly ToxiproxyLink[];
  slow: StatedLinks['slow'];
}

/** Name of the toxic that makes the stated latency; faults leave it in place when they heal. */
export const statedLatencyToxic = 'stated-latency';

const post = async (url: string, body: unknown): Promise<void> => {
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
    signal: AbortSignal.timeout(2000),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
};

/** On what the database answers, so that each round trip, of which a login has several, takes that much longer. */
const setLatency = async (apiUrl: string, links: readonly ToxiproxyLink[], latencyMs: number): Promise<void> => {
  for (const { proxy } of links.filter((link) => link.proxy !== 'service-pooler')) {
    await post(`${apiUrl}/proxies/${proxy}/toxics`, {
      name: statedLatencyToxic,
      type: 'latency',
      stream: 'downstream',
      toxicity: 1,
      attributes: { latency: latencyMs, jitter: 0 },
    });
  }
};

export interface StatedLinks {
  /** What was there by the same names is replaced. Also for a Toxiproxy that starts again: its links become what they were. */
  make(): Promise<void>;
  /** From here on with the stated latency: not before the poolers are proven, which would take three slow round trips. */
  slow(): Promise<void>;
}

/** The links of a Toxiproxy that answers. */
export const statedLinks = (apiUrl: string, links: readonly ToxiproxyLink[], latencyMs: number): StatedLinks => {
  let slowed = false;
  return {
    make: async () => {
      await post(
        `${apiUrl}/populate`,
        links.map(({ proxy, listen, upstream }) => ({
          name: proxy,
          listen: `${listen.host}:${listen.port}`,
          upstream: `${upstream.host}:${upstream.port}`,
          enabled: true,
        })),
      );
      if (slowed) await setLatency(apiUrl, links, latencyMs);
    },
    slow: async () => {
      if (latencyMs === 0) return;
      slowed = true;
      await setLatency(apiUrl, links, latencyMs);
    },
  };
};

export const startProxy = async ({
  toxiproxy,
  spec,
  api,
  links,
  folder,
  logFile,
  workspace,
  onLost,
}: ProxyOptions): Promise<StartedProxy> => {
  const apiUrl = `http://${api.host}:${api.port}`;
  const { make, slow } = statedLinks(apiUrl, links, spec.databaseLinkLatencyMs);
  const part = await startPart({
    component: 'proxy',
    instance: 0,
    title: 'Toxiproxy',
    logFile,
    readyLimitMs: 10_000,
    onLost,
    spawn: () =>
      workspace.spawn('toxiproxy', toxiproxy.path, ['-host', api.host, '-port', String(api.port)], {
        cwd: folder,
        logFile,
        env: toxiproxy.env,
      }),
    ready: async () => {
      await make();
      return true;
    },
  });
  return { part, apiUrl, links, slow };
};
