/**
 * k6 can be told which networks it must not reach, not which it may: so it is told everything but loopback and the
 * hosts that were named. The script runs untouched, and a stray address in it cannot be loaded.
 */
import { lookup } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
import { environmentError } from '../errors.ts';

interface Network {
  bits: bigint;
  length: number;
}

const parseAddress = (address: string): bigint => {
  if (!isIPv6(address)) return address.split('.').reduce((value, part) => (value << 8n) + BigInt(part), 0n);
  const [head = '', tail] = address.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const middle = Array.from({ length: tail === undefined ? 0 : 8 - before.length - after.length }, () => '0');
  return [...before, ...middle, ...after].reduce((value, group) => (value << 16n) + BigInt(`0x${group}`), 0n);
};

const formatAddress = (bits: bigint, width: 32 | 128): string =>
  width === 32
    ? [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 255n).join('.')
    : Array.from({ length: 8 }, (_, index) => ((bits >> BigInt(16 * (7 - index))) & 0xffffn).toString(16)).join(':');

/** The networks that cover all addresses but those: halves that hold none are listed whole, the others split again. */
const complement = (allowed: readonly Network[], width: 32 | 128, at: Network = { bits: 0n, length: 0 }): Network[] => {
  const prefix = (network: Network, length: number): bigint => network.bits >> BigInt(width - length);
  const inside = allowed.filter(
    (one) => prefix(one, Math.min(one.length, at.length)) === prefix(at, Math.min(one.length, at.length)),
  );
  if (inside.length === 0) return [at];
  if (inside.some(({ length }) => length <= at.length)) return [];
  const half = 1n << BigInt(width - at.length - 1);
  return [at.bits, at.bits + half].flatMap((bits) => complement(inside, width, { bits, length: at.length + 1 }));
};

const networks = (addresses: readonly string[], width: 32 | 128, loopback: Network): string[] =>
  complement([loopback, ...addresses.map((address) => ({ bits: parseAddress(address), length: width }))], width).map(
    ({ bits, length }) => `${formatAddress(bits, width)}/${length}`,
  );

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
    ...networks(
      addresses.filter((address) => !isIPv6(address)),
      32,
      { bits: 127n << 24n, length: 8 },
    ),
    ...networks(addresses.filter(isIPv6), 128, { bits: 1n, length: 128 }),
  ];
};
