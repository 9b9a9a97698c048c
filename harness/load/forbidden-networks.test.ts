import { BlockList } from 'node:net';
import { expect, test } from 'vitest';
import { forbiddenNetworks } from './forbidden-networks.ts';

/** One list for each kind, since Node finds IPv4 addresses in IPv6 networks that hold their mapped forms. */
const blockList = (cidrs: readonly string[]): { check(address: string, kind?: 'ipv6'): boolean } => {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const cidr of cidrs) {
    const [address, length] = cidr.split('/') as [string, string];
    const kind = address.includes(':') ? 'ipv6' : 'ipv4';
    lists[kind].addSubnet(address, Number(length), kind);
  }
  return { check: (address, kind) => lists[kind ?? 'ipv4'].check(address, kind ?? 'ipv4') };
};

test('everything but loopback is forbidden', async () => {
  const list = blockList(await forbiddenNetworks([]));
  for (const open of ['127.0.0.1', '127.255.255.255']) expect(list.check(open), open).toBe(false);
  for (const closed of ['0.0.0.0', '10.0.0.1', '126.255.255.255', '128.0.0.0', '192.168.1.1', '255.255.255.255'])
    expect(list.check(closed), closed).toBe(true);
  expect(list.check('::1', 'ipv6')).toBe(false);
  for (const closed of ['::', '::2', 'fe80::1', '2001:db8::1']) expect(list.check(closed, 'ipv6'), closed).toBe(true);
});

test('a named host is open, its neighbours are not', async () => {
  const list = blockList(await forbiddenNetworks(['10.1.2.3', '2001:db8::7']));
  expect(list.check('10.1.2.3')).toBe(false);
  for (const closed of ['10.1.2.2', '10.1.2.4', '11.0.0.0']) expect(list.check(closed), closed).toBe(true);
  expect(list.check('2001:db8::7', 'ipv6')).toBe(false);
  expect(list.check('2001:db8::8', 'ipv6')).toBe(true);
});

test('a host without an address is named', async () => {
  await expect(forbiddenNetworks(['no-such-host.invalid'])).rejects.toThrow(/no-such-host\.invalid/);
});
