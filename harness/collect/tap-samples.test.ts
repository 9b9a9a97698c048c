import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { Played, client, server } from '../tap/fixtures/wire.ts';
import { startTap } from '../tap/tap.ts';
import { collector } from './collectors/tap.ts';
import type { CollectContext } from './collector.ts';
import { recorder } from './fixtures/recorder.ts';
import { TapSamples } from './tap-samples.ts';
import { waitUntil } from '../system/wait.ts';

const labels = { hop: 'test', user: 'app', database: 'app', application: 'test' };

test('what came since the last look; what was counted before the first one is not the run’s', () => {
  const recorded = recorder();
  const samples = new TapSamples(recorded.sink);
  const played = Played.loggedIn().query('SELECT 1', 'SELECT 1', 50);
  samples.take(played.figures, 0);
  expect(recorded.histograms).toEqual([]);
  expect(recorded.last('tap.connections', { ...labels, state: 'idle' })).toBe(1);
  played
    .query('SELECT 1', 'SELECT 1', 2)
    .client(client.query('SELECT 1/0'))
    .server(server.error('22012'), server.ready());
  samples.take(played.figures, 1000);
  samples.take(played.figures, 2000);
  expect(recorded.total('tap.acquisitions', labels)).toBe(2);
  expect(recorded.total('tap.errors', { sqlstate: '22012', severity: 'ERROR' })).toBe(1);
  expect(recorded.kinds.get('tap.errors')).toBe('delta');
  const times = recorded.histograms.filter(({ series }) => series === 'tap.statement_time');
  expect(times.map(({ labels: { kind }, histogram: { count } }) => [kind, count])).toEqual([
    ['SELECT', 1],
    ['failed', 1],
  ]);
  expect(times[0]!.histogram.sum).toBeCloseTo(0.002);
});

test('connections that pass unread are told, those of before the first look too, and their end', () => {
  const recorded = recorder();
  const samples = new TapSamples(recorded.sink);
  const { meter } = Played.loggedIn();
  const end = meter.unread.begin('tls');
  samples.take(meter.value(), 0);
  expect(recorded.last('tap.unread', { hop: 'test', why: 'tls' })).toBe(1);
  end();
  end();
  samples.take(meter.value(), 1000);
  expect(recorded.last('tap.unread', { hop: 'test', why: 'tls' })).toBe(0);
});

test('a tap that starts again counts from zero', () => {
  const recorded = recorder();
  const samples = new TapSamples(recorded.sink);
  const played = Played.loggedIn().query('SELECT 1', 'SELECT 1').query('SELECT 1', 'SELECT 1');
  samples.take({ ...played.figures, startedAt: 'earlier' }, 0);
  samples.take({ ...Played.loggedIn().query('SELECT 1', 'SELECT 1').figures, startedAt: 'later' }, 1000);
  expect(recorded.total('tap.acquisitions')).toBe(1);
});

test('a tap that dies is told', async () => {
  const recorded = recorder();
  const tap = await startTap({ upstream: 'postgres://127.0.0.1:1', port: 0, metricsPort: 0 });
  const context = {
    stack: { taps: [{ url: tap.metricsUrl, hop: null }], poolers: [] },
    intervalMs: 50,
    sink: recorded.sink,
  } as unknown as CollectContext;
  await using _ = await collector.start(context);
  const isWord = (ok: boolean) => () => recorded.lastWord('tap')?.ok === ok;
  await waitUntil('the first word', isWord(true), { limitMs: 5000, everyMs: 20 });
  await tap[Symbol.asyncDispose]();
  await waitUntil('the last word', isWord(false), { limitMs: 5000, everyMs: 20 });
  expect(recorded.lastWord('tap')!.reason).toContain('does not answer: nothing it saw is known from here on');
});

test('what came after the last tick is told at the end', async () => {
  const recorded = recorder();
  await using tap = await startTap({ upstream: 'postgres://127.0.0.1:1', port: 0, metricsPort: 0 });
  const context = {
    stack: { taps: [{ url: tap.metricsUrl, hop: null }], poolers: [] },
    intervalMs: 600_000,
    sink: recorded.sink,
  } as unknown as CollectContext;
  const started = await collector.start(context);
  await waitUntil('the first word', () => recorded.lastWord('tap') !== undefined, { limitMs: 5000, everyMs: 20 });
  const socket = connect(tap.port, '127.0.0.1');
  socket.write(client.startup({ user: 'app' }));
  await expect(once(socket, 'close')).rejects.toThrow('ECONNRESET');
  expect(recorded.total('tap.refused')).toBe(0);
  await started[Symbol.asyncDispose]();
  expect(recorded.total('tap.refused')).toBe(1);
});
