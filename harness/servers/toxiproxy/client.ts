/** Toxiproxy's HTTP API: its proxies and the toxics that slow or break what passes through them. */
import { messageOf } from '../../errors.ts';

interface ProxyAddresses {
  name: string;
  /** As "127.0.0.1:26001". */
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

/** `limitMs` is for each request: the API answers at once, or its process is stopped or gone. */
export const toxiproxyAt = (apiUrl: string, limitMs = usualLimitMs): Toxiproxy => {
  const request = async (path: string, { method = 'GET', body, acceptedStatus }: Request = {}): Promise<string> => {
    const signal = AbortSignal.timeout(limitMs);
    const answer = await fetch(`${apiUrl}${path}`, { method, signal, ...contentOf(body) }).catch((error: unknown) => {
      throw new Error(`Toxiproxy does not answer: ${messageOf(error)}`, { cause: error });
    });
    const text = (await answer.text()).trim();
    if (answer.ok || answer.status === acceptedStatus) return text;
    throw new Error(`Toxiproxy answered ${answer.status}${text === '' ? '' : `: ${text}`}`);
  };
  return {
    version: async () => (JSON.parse(await request('/version')) as { version: string }).version,
    populate: async (proxies) => {
      const body = proxies.map((proxy) => ({ ...proxy, enabled: true }));
      await request('/populate', { method: 'POST', body });
    },
    proxies: async () => Object.values(JSON.parse(await request('/proxies')) as Record<string, ProxyState>),
    addToxic: async (proxy, toxic) => {
      await request(`/proxies/${proxy}/toxics`, { method: 'POST', body: toxic });
    },
    removeToxic: async (proxy, toxic) => {
      await request(`/proxies/${proxy}/toxics/${toxic}`, { method: 'DELETE', acceptedStatus: 404 });
    },
    reset: async () => {
      await request('/reset', { method: 'POST' });
    },
  };
};
