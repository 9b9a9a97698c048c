/** The link's own proxies (`servers/link/`): how they are told what to do, and how they say that they do it. */
import { existsSync, readFileSync } from 'node:fs';
import type { Address } from '../servers/address.ts';
import { hopsIn, type HopProxies } from '../servers/toxiproxy/hops.ts';

const textOf = ({ host, port }: Address): string => `${host}:${port}`;

/** For the variable PGSURGE_LINK_HOPS. */
export const linkHops = (proxies: HopProxies): string =>
  hopsIn(proxies)
    .map(([, { listen, upstream, roundTripMs }]) => `${textOf(listen)} ${textOf(upstream)} ${roundTripMs}`)
    .join(',');

/** By its log: a connection would be passed on to the server behind. */
export const linkServes = (logFile: string): boolean =>
  existsSync(logFile) && readFileSync(logFile, 'utf8').includes('the link serves');
