/** What a user says of a service of their own, checked before anything is touched. */
import { existsSync } from 'node:fs';
import { usageError } from '../../errors.ts';
import { isLoopback } from '../../loopback.ts';

export interface ExternalOptions {
  databaseUrl: string;
  poolerAdminUrl: string | null;
  targetUrl: string | null;
  otlpPort: number | null;
  /** The service's log: its errors are told by family, whatever the driver's words. */
  serviceLog: string | null;
  /** Metrics of taps that stand before the database or the pooler. */
  tapUrls: string[];
  /** Hosts other than loopback that may be loaded and looked at. */
  allowedHosts: string[];
  /** Bound of `api-p95` from the command line. */
  apiMsP95: number | null;
}

export interface ExternalFlags {
  databaseUrl?: string;
  poolerAdminUrl?: string;
  targetUrl?: string;
  otlpPort?: number;
  serviceLog?: string;
  tapUrl?: string[];
  allowHost: string[];
  p95?: number;
}

const flagNames = ['databaseUrl', 'poolerAdminUrl', 'targetUrl', 'otlpPort', 'serviceLog', 'tapUrl', 'p95'] as const;

/** As typed: --target-url for `targetUrl`. */
export const flagOf = (name: string): string =>
  `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Those given that only an external stack takes. */
export const externalFlags = (flags: ExternalFlags): string[] =>
  flagNames.filter((name) => flags[name] !== undefined).map(flagOf);

/** Where a client really goes: node-pg prefers `?host=` over the URL's own host. A path is a socket of this machine. */
const hostsOf = (url: URL): string[] => {
  const elsewhere = url.searchParams.getAll('host').filter((host) => !host.startsWith('/'));
  return [url.hostname, ...(url.protocol.startsWith('postgres') ? elsewhere : [])].map((host) =>
    host.replace(/^\[|\]$/g, ''),
  );
};

const checkedUrl = (
  flag: string,
  text: string,
  protocols: readonly string[],
  allowedHosts: readonly string[],
): string => {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw usageError(`${flag} is not a URL; it looks like ${protocols[0]}//user@127.0.0.1:5432/name`);
  }
  if (!protocols.includes(url.protocol))
    throw usageError(`${flag} must begin with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`);
  for (const host of hostsOf(url)) {
    if (host === '') throw usageError(`${flag} names no host`);
    if (!isLoopback(host) && !allowedHosts.includes(host)) {
      throw usageError(
        `${flag} names ${host}, which is not this machine: add --allow-host ${host} if you own it and may load it`,
      );
    }
  }
  return text;
};

const checkedLog = (file: string | undefined): string | null => {
  if (file !== undefined && !existsSync(file)) throw usageError(`--service-log: there is no file ${file}`);
  return file ?? null;
};

const postgres = ['postgres:', 'postgresql:'];

/** The one host that a script of pgsurge's own may load beside this machine. */
export const loadedHost = ({ targetUrl, allowedHosts }: ExternalOptions): string =>
  targetUrl === null ? (allowedHosts[0] ?? '') : new URL(targetUrl).hostname;

/** Throws a usage error of one line that holds no password. */
export const externalOptions = (flags: ExternalFlags): ExternalOptions => {
  const { allowHost: allowedHosts, databaseUrl } = flags;
  if (databaseUrl === undefined)
    throw usageError(
      '--stack external needs --database-url postgres://user:password@host:port/name; every other source is optional',
    );
  const optional = (flag: string, text: string | undefined, protocols: readonly string[]): string | null =>
    text === undefined ? null : checkedUrl(flag, text, protocols, allowedHosts);
  return {
    databaseUrl: checkedUrl('--database-url', databaseUrl, postgres, allowedHosts),
    poolerAdminUrl: optional('--pooler-admin-url', flags.poolerAdminUrl, postgres),
    targetUrl: optional('--target-url', flags.targetUrl, ['http:', 'https:']),
    otlpPort: flags.otlpPort ?? null,
    serviceLog: checkedLog(flags.serviceLog),
    tapUrls: (flags.tapUrl ?? []).map((url) => checkedUrl('--tap-url', url, ['http:'], allowedHosts)),
    allowedHosts,
    apiMsP95: flags.p95 ?? null,
  };
};
