/**
 * k6 can be told which networks it must not reach, not which it may: so it is told everything but loopback and the
 * hosts that were named. The script runs untouched, and a stray address in it cannot be loaded.
 */
import { lookup } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
import { excludeCidr } from 'cidr-tools';
import { environmentError } from '../errors.ts';

const resolve = async (host: string): Promise<string[]> => {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    throw environmentError(`--allow-host ${host} does not resolve to an address here; check its name`);
  }
};

/** CIDR blocks for k6's `--blacklist-ip`. Throws if an allowed host has no address. */
export const forbiddenNetworks = async (allowedHosts: readonly string[]): Promise<string[]> => {
  const addresses = (await Promise.all(allowedHosts.map(resolve))).flat();
  return [
    ...excludeCidr('0.0.0.0/0', ['127.0.0.0/8', ...addresses.filter((address) => !isIPv6(address))]),
    ...excludeCidr('::/0', ['::1', ...addresses.filter(isIPv6)]),
  ];
};
