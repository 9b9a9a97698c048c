/** Toxiproxy's HTTP API: its proxies and the toxics that slow or break what passes through them. */
import { messageOf } from '../../errors.ts';

export interface ProxyAddresses {
  name: string;
  /** The address that clients dial, such as "127.0.0.1:26001". */
  listen: string;
  upstream: string;
}

interface ProxyState {
  name: string;
  enabled: boolean;
  toxics: readonly { name: string }[];
}

export interface Toxic {
  name: string;
  type: string;
  /** Downstream is what the server answers, upstream what the client sends. */
  stream: 'upstream' | 'downstream';
  /** The share of connections that it acts on: 1 is all, 0 is none. */
  toxicity: number;
  attributes: Readonly<Record<string, number>>;
}

export interface Toxiproxy {
  version(): Promise<string>;
  /** Makes these proxies. What was there by the same names is replaced. */
  populate(proxies: readonly ProxyAddresses[]): Promise<void>;
  proxies(): Promise<ProxyState[]>;
  addToxic(proxy: string, toxic: Toxic): Promise<void>;
  /** A toxic that is not there is no error. */
  removeToxic(proxy: string, toxic: string): Promise<void>;
  /** Removes all toxics and opens all proxies. */
  reset(): Promise<void>;
}

interface Request {
  method?: 'GET' | 'POST' | 'DELETE';
  body?: unknown;
  /** An answer that is as good as success. */
  acceptedStatus?: number;
}

const usualLimitMs = 2000;

const contentOf = (body: unknown): RequestInit =>
  body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };

type Ask = (path: string, request?: Request) => Promise<string>;

/** Gives the text of the answer. */
const askAt =
  (apiUrl: string, limitMs: number): Ask =>
  async (path, { method = 'GET', body, acceptedStatus } = {}) => {
    const signal = AbortSignal.timeout(limitMs);
    const answer = await fetch(`${apiUrl}${path}`, { method, signal, ...contentOf(body) }).catch((error: unknown) => {
      throw new Error(`Toxiproxy does not answer: ${messageOf(error)}`, { cause: error });
    });
    const text = (await answer.text()).trim();
    if (answer.ok || answer.status === acceptedStatus) return text;
    throw new Error(`Toxiproxy answered ${answer.status}${text === '' ? '' : `: ${text}`}`);
  };

/** `limitMs` is for each request: the API answers at once, or its process is stopped or gone. */
export const toxiproxyAt = (apiUrl: string, limitMs = usualLimitMs): Toxiproxy => {
  const ask = askAt(apiUrl, limitMs);
  const tell = async (path: string, request: Request): Promise<void> => void (await ask(path, request));
  return {
    version: async () => (JSON.parse(await ask('/version')) as { version: string }).version,
    populate: (proxies) => {
      const body = proxies.map((proxy) => ({ ...proxy, enabled: true }));
      return tell('/populate', { method: 'POST', body });
    },
    proxies: async () => Object.values(JSON.parse(await ask('/proxies')) as Record<string, ProxyState>),
    addToxic: (proxy, toxic) => tell(`/proxies/${proxy}/toxics`, { method: 'POST', body: toxic }),
    removeToxic: (proxy, toxic) => tell(`/proxies/${proxy}/toxics/${toxic}`, { method: 'DELETE', acceptedStatus: 404 }),
    reset: () => tell('/reset', { method: 'POST' }),
  };
};
