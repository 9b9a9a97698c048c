import { gzipSync } from 'node:zlib';
import protobuf from 'protobufjs';
import { OTLPMetricExporter, AggregationTemporalityPreference } from '@opentelemetry/exporter-metrics-otlp-http';
import {
  AggregationType,
  InstrumentType,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { quantile, mergeAll } from '../measure/histograms/histogram.ts';
import { recorder, type Recorded } from './fixtures/recorder.ts';
import { startOtlpReceiver, type OtlpReceiver } from './otlp.ts';

let seen: Recorded;
let receiver: OtlpReceiver;
beforeEach(async () => {
  seen = recorder();
  receiver = await startOtlpReceiver(seen.sink);
});
afterEach(() => receiver[Symbol.asyncDispose]());

const post = (
  body: string | Buffer,
  headers: Record<string, string> = { 'content-type': 'application/json' },
  at = '/v1/metrics',
): Promise<Response> =>
  fetch(`${receiver.url}${at}`, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });

const nano = (ms = Date.now()): string => `${BigInt(Math.round(ms * 1000)) * 1000n}`;
const metrics = (...list: object[]): string =>
  JSON.stringify({
    resourceMetrics: [
      {
        resource: {
          attributes: [
            { key: 'service.name', value: { stringValue: 'shop' } },
            { key: 'service.instance.id', value: { stringValue: 'a1' } },
          ],
        },
        scopeMetrics: [{ metrics: list }],
      },
    ],
  });
const sum = (
  name: string,
  value: number,
  options: { temporality?: number; monotonic?: boolean; start?: string; at?: string; attributes?: object[] } = {},
): object => ({
  name,
  sum: {
    aggregationTemporality: options.temporality ?? 1,
    isMonotonic: options.monotonic ?? true,
    dataPoints: [
      {
        startTimeUnixNano: options.start ?? nano(),
        timeUnixNano: options.at ?? nano(),
        asDouble: value,
        attributes: options.attributes ?? [],
      },
    ],
  },
});

const meter = (
  temporalityPreference: AggregationTemporalityPreference,
  type: AggregationType.EXPONENTIAL_HISTOGRAM | AggregationType.EXPLICIT_BUCKET_HISTOGRAM,
  compression: 'gzip' | 'none' = 'none',
): MeterProvider =>
  new MeterProvider({
    readers: [
      new PeriodicExportingMetricReader({
        exportIntervalMillis: 60_000,
        exporter: new OTLPMetricExporter({
          url: `${receiver.url}/v1/metrics`,
          temporalityPreference,
          compression: compression as never,
        }),
      }),
    ],
    views: [
      {
        instrumentType: InstrumentType.HISTOGRAM,
        aggregation:
          type === AggregationType.EXPONENTIAL_HISTOGRAM
            ? { type, options: { maxSize: 160, recordMinMax: true } }
            : { type },
      },
    ],
  });

describe("OpenTelemetry's own exporter", () => {
  test.each(['gzip', 'none'] as const)(
    'deltas, gauges and exponential histograms arrive as recorded (%s)',
    async (compression) => {
      const provider = meter(
        AggregationTemporalityPreference.DELTA,
        AggregationType.EXPONENTIAL_HISTOGRAM,
        compression,
      );
      const from = provider.getMeter('test');
      const [counter, histogram] = [from.createCounter('done'), from.createHistogram('wait')];
      from.createObservableGauge('level').addCallback((result) => result.observe(7, { state: 'idle' }));
      for (let round = 0; round < 3; round += 1) {
        for (let index = 1; index <= 100; index += 1) histogram.record(index / 1000, { route: '/a' });
        counter.add(5, { ok: true, code: 3, share: 0.5 });
        await provider.forceFlush();
      }
      histogram.record(0);
      await provider.shutdown();
      expect(seen.total('done', { ok: 'true', code: '3', share: '0.5' })).toBe(15);
      expect(seen.kinds.get('done')).toBe('delta');
      expect(seen.last('level', { state: 'idle' })).toBe(7);
      const merged = mergeAll(
        seen.histograms.filter(({ labels }) => labels['route'] === '/a').map(({ histogram: one }) => one),
      );
      expect(merged).toMatchObject({ count: 300, min: 0.001, max: 0.1, zeroCount: 0 });
      expect(merged.sum).toBeCloseTo(15.15, 6);
      expect(quantile(merged, 0.95)! / 0.095).toBeCloseTo(1, 1);
      expect(seen.histograms.at(-1)?.histogram).toMatchObject({ count: 1, zeroCount: 1 });
      for (const { atMs } of seen.samples) expect(Math.abs(atMs - seen.sink.nowMs())).toBeLessThan(3000);
    },
  );

  test('cumulative sums and explicit histograms become deltas', async () => {
    const provider = meter(AggregationTemporalityPreference.CUMULATIVE, AggregationType.EXPLICIT_BUCKET_HISTOGRAM);
    const from = provider.getMeter('test');
    const [counter, level, histogram] = [
      from.createCounter('done'),
      from.createUpDownCounter('open'),
      from.createHistogram('wait'),
    ];
    for (const amount of [5, 2, 0]) {
      counter.add(amount);
      level.add(amount === 0 ? -6 : amount);
      for (let index = 0; index < amount; index += 1) histogram.record(30 * amount);
      await provider.forceFlush();
    }
    await provider.shutdown();
    expect(
      seen.samples
        .filter(({ series }) => series === 'done')
        .map(({ value }) => value)
        .slice(0, 3),
    ).toEqual([5, 2, 0]);
    expect(
      seen.samples
        .filter(({ series }) => series === 'open')
        .map(({ value }) => value)
        .slice(0, 3),
    ).toEqual([5, 7, 1]);
    expect(seen.kinds.has('open')).toBe(false);
    const histograms = seen.histograms.map(({ histogram: one }) => one);
    expect(histograms.slice(0, 3).map(({ count }) => count)).toEqual([5, 2, 0]);
    expect(quantile(histograms[1]!, 0.5)).toBeGreaterThanOrEqual(60);
    expect(quantile(histograms[1]!, 0.5)).toBeLessThanOrEqual(75);
  });
});

/** By the field numbers of opentelemetry-proto itself, not by our descriptor. */
const inside =
  (field: number, write: (writer: protobuf.Writer) => void) =>
  (writer: protobuf.Writer): void => {
    write(writer.uint32(field * 8 + 2).fork());
    writer.ldelim();
  };
const all =
  (...parts: ((writer: protobuf.Writer) => void)[]) =>
  (writer: protobuf.Writer): void =>
    parts.forEach((part) => part(writer));
const string =
  (field: number, text: string) =>
  (writer: protobuf.Writer): void =>
    void writer.uint32(field * 8 + 2).string(text);
const fixed =
  (field: number, value: number) =>
  (writer: protobuf.Writer): void =>
    void writer.uint32(field * 8 + 1).fixed64(value);
const double =
  (field: number, value: number) =>
  (writer: protobuf.Writer): void =>
    void writer.uint32(field * 8 + 1).double(value);
const varint =
  (field: number, value: number) =>
  (writer: protobuf.Writer): void =>
    void writer.uint32(field * 8).uint32(value);
const signed =
  (field: number, value: number) =>
  (writer: protobuf.Writer): void =>
    void writer.uint32(field * 8).sint32(value);

test('protobuf, as its definition numbers the fields', async () => {
  const now = fixed(3, Date.now() * 1e6);
  const packed =
    (values: number[]) =>
    (writer: protobuf.Writer): void =>
      values.forEach((value) => void writer.uint32(value));
  const label = (field: number): ((writer: protobuf.Writer) => void) =>
    inside(field, all(string(1, 'route'), inside(2, string(1, '/a'))));
  const counter = inside(
    2,
    all(string(1, 'done'), inside(7, all(inside(1, all(now, fixed(6, 12), label(7))), varint(2, 1), varint(3, 1)))),
  );
  const level = inside(2, all(string(1, 'level'), inside(5, inside(1, all(now, double(4, 2.5))))));
  const exponential = inside(
    2,
    all(
      string(1, 'wait'),
      inside(
        10,
        all(
          varint(2, 1),
          inside(
            1,
            all(
              now,
              label(1),
              fixed(4, 6),
              double(5, 9.5),
              signed(6, -1),
              fixed(7, 1),
              inside(8, all(signed(1, -2), inside(2, packed([2, 0, 300 - 297])))),
              double(12, 0.1),
              double(13, 4),
            ),
          ),
        ),
      ),
    ),
  );
  const explicit = inside(
    2,
    all(
      string(1, 'old'),
      inside(
        9,
        all(
          varint(2, 1),
          inside(
            1,
            all(
              now,
              fixed(4, 3),
              double(5, 4),
              inside(6, (writer) => void writer.fixed64(1).fixed64(2)),
              inside(7, (writer) => void writer.double(1)),
            ),
          ),
        ),
      ),
    ),
  );
  const writer = protobuf.Writer.create();
  inside(
    1,
    all(
      inside(1, inside(1, all(string(1, 'service.name'), inside(2, string(1, 'k6'))))),
      inside(2, all(counter, level, exponential, explicit)),
    ),
  )(writer);
  expect((await post(Buffer.from(writer.finish()), { 'content-type': 'application/x-protobuf' })).status).toBe(200);
  expect([seen.total('done', { route: '/a' }), seen.last('level'), seen.lastWord('otlp')?.reason]).toEqual([
    12,
    2.5,
    'metrics of k6',
  ]);
  expect(seen.histograms[0]).toMatchObject({
    series: 'wait',
    labels: { route: '/a' },
    histogram: { scale: -1, count: 6, sum: 9.5, min: 0.1, max: 4, zeroCount: 1, offset: -2, counts: [2, 0, 3] },
  });
  expect(seen.histograms[1]).toMatchObject({ series: 'old', histogram: { count: 3, sum: 4 } });
  expect(quantile(seen.histograms[1]!.histogram, 0.3)).toBeCloseTo(1, 1);
});

describe('what others send', () => {
  test('a counter from before the run counts from its first sight, one that restarts from zero', async () => {
    const start = nano(Date.now() - 3_600_000);
    for (const value of [1000, 1003, 1004]) await post(metrics(sum('old', value, { temporality: 2, start })));
    await post(metrics(sum('old', 2, { temporality: 2, start: nano() })));
    expect(seen.samples.map(({ value }) => value)).toEqual([3, 1, 2]);
  });

  test('steps of an up-down counter add up to a level', async () => {
    for (const step of [3, 4, -5]) await post(metrics(sum('open', step, { monotonic: false })));
    expect(seen.samples.map(({ value }) => value)).toEqual([3, 7, 2]);
  });

  test('the instance of the resource and the conventional state become labels; 64-bit integers are read', async () => {
    const point = {
      timeUnixNano: nano(),
      asInt: '12',
      attributes: [
        { key: 'db.client.connection.state', value: { stringValue: 'used' } },
        { key: 'n', value: { intValue: '9007199254740991' } },
        { key: 'none', value: null },
      ],
    };
    await post(
      metrics({
        name: 'db.client.connection.count',
        gauge: { dataPoints: [point, { ...point, flags: 1, asInt: '99' }] },
      }),
    );
    expect(seen.samples).toEqual([
      {
        series: 'db.client.connection.count',
        labels: { 'service.instance': 'a1', state: 'used', n: '9007199254740991' },
        value: 12,
        atMs: expect.any(Number),
      },
    ]);
    expect(seen.lastWord('otlp')).toMatchObject({ ok: true, reason: 'metrics of shop' });
  });

  test('a time is that of the point; a clock that is far off is not believed', async () => {
    await post(
      metrics(
        sum('a', 1, { at: nano(Date.now() - 5000) }),
        sum('b', 1, { at: nano(Date.now() + 3_600_000) }),
        sum('c', 1, { at: '0' }),
      ),
    );
    const at = (name: string): number => seen.sink.nowMs() - seen.samples.find(({ series }) => series === name)!.atMs;
    expect(Math.abs(at('a') - 5000)).toBeLessThan(1000);
    expect([Math.abs(at('b')) < 1000, Math.abs(at('c')) < 1000]).toEqual([true, true]);
  });
});

describe('what cannot be read', () => {
  test.each([
    ['a torn protobuf', '\n\x7f\n', 'application/x-protobuf', 400],
    ['torn JSON', '{"resourceMetrics":[', 'application/json', 400],
    ['other JSON', '[1]', 'application/json', 400],
    ['metrics of a wrong shape', '{"resourceMetrics":7}', 'application/json', 400],
  ])('%s is answered, counted and said, and the next one is read', async (_, body, type, status) => {
    expect((await post(body, { 'content-type': type })).status).toBe(status);
    expect(receiver.unreadable).toBe(1);
    expect(seen.lastWord('otlp')).toMatchObject({
      ok: false,
      reason: expect.stringContaining('1 requests could not be read'),
    });
    expect((await post(metrics(sum('a', 1)))).status).toBe(200);
    expect(seen.lastWord('otlp')?.ok).toBe(true);
    // What was in the first one is still missing.
    expect(seen.total('otlp.unreadable')).toBe(1);
  });

  test('bad gzip, a bomb, and a body without end', async () => {
    const gzipped = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    expect((await post('not gzip', gzipped)).status).toBe(400);
    expect((await post(gzipSync(Buffer.alloc(100 * 2 ** 20)), gzipped)).status).toBe(400);
    const endless = await post(Buffer.alloc(70 * 2 ** 20)).then(
      ({ status }) => status,
      () => 413,
    );
    expect(endless).toBe(413);
    expect((await post(metrics(sum('a', 1)))).status).toBe(200);
  });

  test('other paths are not here', async () => {
    expect((await post('', {}, '/v1/traces')).status).toBe(404);
    expect(receiver.unreadable).toBe(0);
  });
});

test('nobody sent anything: that is said', async () => {
  expect(seen.words).toEqual([]);
  await receiver[Symbol.asyncDispose]();
  expect(seen.words).toEqual([{ source: 'otlp', ok: false, reason: 'no metrics have arrived' }]);
});

test('many senders at once lose nothing', async () => {
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      post(metrics(sum('a', 1, { attributes: [{ key: 'sender', value: { intValue: index % 20 } }] }))),
    ),
  );
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(seen.total('a')).toBe(200);
  expect(seen.total('a', { sender: '3' })).toBe(10);
});

test('a port that is taken is one clear line', async () => {
  await expect(startOtlpReceiver(seen.sink, { port: receiver.port })).rejects.toThrow(
    /cannot be received on 127\.0\.0\.1:\d+: .*EADDRINUSE.*--otlp-port/,
  );
});
