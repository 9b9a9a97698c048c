import { describe, expect, test } from 'vitest';
import type { Hop } from '../servers/toxiproxy/hops.ts';
import { allotPorts, dialledBy } from './addresses.ts';
import { defaultStackSpec } from './spec.ts';

const at = (port: number): { host: string; port: number } => ({ host: '127.0.0.1', port });
const proxied = { servicePoolers: [at(11), at(2), at(3)], serviceDatabase: at(12) };

test('replicas share out the poolers, the first of which may stand behind a proxy', () => {
  const ports = [0, 1, 2, 3, 4].map((replica) => dialledBy(replica, 'pooler', proxied).port);
  expect(ports).toEqual([11, 2, 3, 11, 2]);
});

test('with one pooler, and on the direct route, all dial the same', () => {
  const one = { ...proxied, servicePoolers: [at(11)] };
  expect([0, 1, 2].map((replica) => dialledBy(replica, 'pooler', one).port)).toEqual([11, 11, 11]);
  expect([0, 1, 2].map((replica) => dialledBy(replica, 'direct', proxied).port)).toEqual([12, 12, 12]);
});

const freePorts = async (count: number): Promise<number[]> => Array.from({ length: count }, (_, index) => 100 + index);

describe('with --tap', () => {
  const tapped = { ...defaultStackSpec, tap: true, poolers: 2 };

  test('each hop is dialled at its tap, which makes the latency of the link', async () => {
    const addresses = await allotPorts({ ...tapped, linkMs: 7 }, { freePorts });
    const { taps, servicePoolers, serviceDatabase, poolerUpstream } = addresses;
    expect(taps.map(({ hop, roundTripMs }) => [hop, roundTripMs])).toEqual([
      ['service-database', 7],
      ['pooler-database', 0],
      ['service-pooler', 7],
      ['service-pooler-2', 0],
    ]);
    expect(taps.map(({ listen }) => listen)).toEqual([serviceDatabase, poolerUpstream, ...servicePoolers]);
    const servers = [addresses.database, addresses.database, ...addresses.poolers];
    expect(taps.map(({ upstream }) => upstream)).toEqual(servers);
    expect(addresses).toMatchObject({ proxies: {}, proxiesBy: null, api: null });
  });

  test('it stands before Toxiproxy where faults act, which makes the latency then', async () => {
    const { taps, proxies, proxiesBy } = await allotPorts({ ...tapped, linkMs: 7, proxies: true }, { freePorts });
    expect(proxiesBy).toBe('toxiproxy');
    expect(taps.map(({ roundTripMs }) => roundTripMs)).toEqual([0, 0, 0, 0]);
    for (const { hop, upstream } of taps.slice(0, 3)) expect(upstream).toBe(proxies[hop as Hop]?.listen);
  });

  test('no port is given out twice, and without it there is none', async () => {
    const { taps, ...others } = await allotPorts(tapped, { freePorts });
    const ports = taps.flatMap(({ listen, metrics }) => [listen.port, metrics.port]);
    const all = [...ports, others.database.port, others.partner.port, ...others.poolers.map(({ port }) => port)];
    expect(new Set(all).size).toBe(all.length);
    expect((await allotPorts(defaultStackSpec, { freePorts })).taps).toEqual([]);
  });
});
