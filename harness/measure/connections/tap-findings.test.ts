/** Streams are played to a tap's meter second by second; what its series say of them is held against what was done. */
import { expect, test } from 'vitest';
import { TapSamples } from '../../collect/tap-samples.ts';
import { recorder, type Recorded } from '../../collect/fixtures/recorder.ts';
import { Played, client, server } from '../../tap/fixtures/wire.ts';
import { Conversation } from '../../tap/conversation/conversation.ts';
import { Meter } from '../../tap/figures/meter.ts';
import type { HistogramSeries, Labels, Observations, Series } from '../tracks/observations.ts';
import { churn, poolUse, tapGroups, type TapGroup } from './tap-use.ts';
import { leak, selfDeadlocks } from './tap-stuck.ts';

type Sampled = { series: string; labels: Labels; atMs: number };

const grouped = <One extends Sampled>(samples: readonly One[]): One[][] =>
  Object.values(Object.groupBy(samples, ({ series, labels }) => `${series} ${JSON.stringify(labels)}`)) as One[][];

const observed = ({ samples, histograms }: Recorded): Observations => ({
  series: grouped(samples).map((all): Series => ({
    name: all[0]!.series,
    labels: all[0]!.labels,
    tMs: Float64Array.from(all, ({ atMs }) => atMs),
    values: Float64Array.from(all, ({ value }) => value),
  })),
  histograms: grouped(histograms).map((all): HistogramSeries => ({
    name: all[0]!.series,
    labels: all[0]!.labels,
    tMs: Float64Array.from(all, ({ atMs }) => atMs),
    histograms: all.map(({ histogram }) => histogram),
  })),
  logLines: [],
  sources: [],
});

/** A pool of connections on one clock. */
class Pool {
  readonly #meter = new Meter({ hop: 'service-database', upstream: '127.0.0.1:1', fingerprints: false });
  readonly #recorded = recorder();
  readonly #samples = new TapSamples(this.#recorded.sink);
  nowMs = 0;

  open(loginMs = 5): Conversation {
    const group = this.#meter.group({ user: 'app', database: 'app', application: 'shop' });
    const conversation = new Conversation(this.#meter, group, this.nowMs);
    conversation.readServer(Buffer.concat([server.authenticated(), server.ready()]), this.nowMs + loginMs);
    return conversation;
  }

  look(): void {
    this.#samples.take(this.#meter.value(this.nowMs), this.nowMs);
  }

  seen(): { observations: Observations; group: TapGroup; window: { startMs: number; endMs: number } } {
    const observations = observed(this.#recorded);
    return { observations, group: tapGroups(observations)[0]!, window: { startMs: 0, endMs: this.nowMs } };
  }
}

const ask = (one: Conversation, tag: string, status: 'I' | 'T', atMs: number, ms = 1): void => {
  one.readClient(client.query(tag), atMs);
  one.readServer(Buffer.concat([server.complete(tag), server.ready(status)]), atMs + ms);
};

/** So many seconds of `each`, with a look at the end of each. */
const play = (pool: Pool, seconds: number, each: (second: number) => void): void => {
  pool.look();
  for (let second = 0; second < seconds; second += 1) {
    each(second);
    pool.nowMs += 1000;
    pool.look();
  }
};

test('a healthy pool: its size, use, bursts and holds', () => {
  const pool = new Pool();
  const connections = Array.from({ length: 4 }, () => pool.open());
  pool.nowMs = 1000;
  play(pool, 20, () => {
    for (const one of connections) {
      for (let turn = 0; turn < 2; turn += 1) {
        const atMs = pool.nowMs + 10 + turn * 400;
        ask(one, 'BEGIN', 'T', atMs);
        ask(one, 'COMMIT', 'I', atMs + 190, 10);
      }
    }
  });
  const { observations, group, window } = pool.seen();
  const use = poolUse(observations, group, window)!;
  expect(group).toEqual({ hop: 'service-database', user: 'app', database: 'app', application: 'shop' });
  expect(use).toMatchObject({ size: 4, usedPeak: 1, acquisitionsPerSecond: 8 });
  // Each of four is held twice a second for 200 ms.
  expect(use.usedAverage).toBeCloseTo(1.6, 1);
  expect(use.holdSecondsP95! / 0.2).toBeCloseTo(1, 1);
  expect(leak(observations, group, window)).toBeNull();
  expect(selfDeadlocks(observations, group, window)).toEqual([]);
  expect(churn(observations, group, window)).toMatchObject({ opened: 0, stormSize: 0, loginsFailed: 0 });
});

test('a connection for each use, and a storm of logins', () => {
  const pool = new Pool();
  play(pool, 10, (second) => {
    for (let turn = 0; turn < (second === 5 ? 80 : 3); turn += 1) {
      const one = pool.open(20);
      ask(one, 'SELECT', 'I', pool.nowMs + 30);
      one.readClient(client.terminate(), pool.nowMs + 40);
      one.ended('client', pool.nowMs + 40);
    }
  });
  const { observations, group, window } = pool.seen();
  const seen = churn(observations, group, window)!;
  // The first look of a group is its beginning.
  expect(seen).toMatchObject({ opened: 107, openedPerAcquisition: 1, stormSize: 80, loginsFailed: 0 });
  expect(seen.loginSecondsP95! / 0.02).toBeCloseTo(1, 1);
});

test('connections that are never given back', () => {
  const pool = new Pool();
  const [lost, alsoLost, ...others] = Array.from({ length: 5 }, () => pool.open());
  ask(lost!, 'BEGIN', 'T', 100);
  ask(alsoLost!, 'BEGIN', 'T', 900);
  pool.nowMs = 1000;
  play(pool, 15, () => {
    for (const one of others) ask(one, 'SELECT', 'I', pool.nowMs + 10, 5);
  });
  const { observations, group, window } = pool.seen();
  expect(leak(observations, group, window)).toEqual({ connections: 2, heldSeconds: 15.899 });
  expect(selfDeadlocks(observations, group, window)).toEqual([]);
});

test('a pool in which every holder waits for one more', () => {
  const pool = new Pool();
  const connections = Array.from({ length: 4 }, () => pool.open());
  pool.nowMs = 1000;
  play(pool, 12, (second) => {
    for (const one of connections) {
      if (second < 3 || second > 8) ask(one, 'SELECT', 'I', pool.nowMs + 10, 5);
      if (second === 3) ask(one, 'BEGIN', 'T', pool.nowMs + 50);
      if (second === 8) ask(one, 'ROLLBACK', 'I', pool.nowMs + 50);
    }
  });
  const { observations, group, window } = pool.seen();
  expect(selfDeadlocks(observations, group, window)).toEqual([{ fromMs: 5000, untilMs: 9000, connections: 4 }]);
  expect(leak(observations, group, window)).toBeNull();
});

test('all inside a transaction, but one at work, is no deadlock', () => {
  const pool = new Pool();
  const connections = Array.from({ length: 3 }, () => pool.open());
  for (const one of connections) ask(one, 'BEGIN', 'T', 100);
  pool.nowMs = 1000;
  play(pool, 6, (second) => {
    if (second === 0) connections[0]!.readClient(client.query('SELECT pg_sleep(60)'), pool.nowMs);
  });
  const { observations, group, window } = pool.seen();
  expect(selfDeadlocks(observations, group, window)).toEqual([]);
});

test('nothing is said of what was not seen', () => {
  const { observations, window } = new Pool().seen();
  const group = { hop: '', user: '', database: '', application: '' };
  expect(poolUse(observations, group, window)).toBeNull();
  expect(churn(observations, group, window)).toBeNull();
  expect(leak(observations, group, window)).toBeNull();
  expect(Played.loggedIn().group.opened).toBe(1);
});
