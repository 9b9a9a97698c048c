import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  mkdirSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startClock } from '../../system/clock.ts';
import type { ExponentialHistogram } from '../../measure/histograms/histogram.ts';
import { seriesOf, histogramsOf } from '../../measure/tracks/observations.ts';
import { waitUntil } from '../../system/wait.ts';
import { mostOfOneName } from './dictionary.ts';
import { loadObservations } from './load-observations.ts';
import { openStore } from './store.ts';

let root: string;
let made = 0;
const newFolder = (): string => path.join(root, String((made += 1)));
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'pgsurge-store-'));
});
afterAll(() => rmSync(root, { recursive: true }));

const histogram = (count: number): ExponentialHistogram => ({
  scale: 3,
  count,
  sum: 5,
  min: 1,
  max: 2.5,
  zeroCount: 1,
  offset: -4,
  counts: [count - 3, 0, 0, 2],
});

describe('what was written is read', () => {
  test('as Parquet after the end, with labels, kinds, lines and sources', async () => {
    const folder = newFolder();
    const store = await openStore(folder, startClock());
    store.declare?.('requests', 'delta');
    store.sample('requests', { b: '2', a: 'say "1", |\n' }, 0.1, 1000);
    store.sample('requests', { a: 'say "1", |\n', b: '2' }, 1e-7, 2000.4);
    store.histogram('latency', {}, histogram(7), 1000);
    store.log('service', 1, 'it broke: postgres://app:secret@host/db', 1500);
    store.source('otlp', false, 'no metrics have arrived');
    store.source('otlp', true, '');
    await store.close();
    const found = await loadObservations(folder);
    expect(readdirSync(folder).sort()).toEqual([
      'histograms.parquet',
      'logs.ndjson',
      'samples.parquet',
      'series.ndjson',
      'sources.ndjson',
    ]);
    expect(found.series).toEqual([
      {
        name: 'requests',
        labels: { a: 'say "1", |\n', b: '2' },
        kind: 'delta',
        tMs: Float64Array.of(1000, 2000),
        values: Float64Array.of(0.1, 1e-7),
      },
    ]);
    expect(found.histograms).toEqual([
      { name: 'latency', labels: {}, tMs: Float64Array.of(1000), histograms: [histogram(7)] },
    ]);
    expect(found.logLines).toEqual([
      { atMs: 1500, component: 'service', instance: 1, text: 'it broke: postgres://app:***@host/db' },
    ]);
    expect(found.sources).toEqual([
      { source: 'otlp', ok: true, reason: expect.stringMatching(/^lost once at \d+\.\d s: no metrics have arrived$/) },
    ]);
  });

  test('nothing at all is nothing, not an error', async () => {
    const folder = newFolder();
    await (await openStore(folder, startClock())).close();
    expect(await loadObservations(folder)).toEqual({ series: [], histograms: [], logLines: [], sources: [] });
  });

  test('what is no number, and what comes after the end, is left out', async () => {
    const folder = newFolder();
    const store = await openStore(folder, startClock());
    store.sample('a', {}, NaN);
    store.sample('a', {}, Infinity);
    store.sample('a', {}, 1, 0);
    await Promise.all([store.close(), store.close()]);
    store.sample('a', {}, 2, 1);
    expect((await loadObservations(folder)).series[0]?.values).toEqual(Float64Array.of(1));
  });

  test('a late sample is put where it belongs', async () => {
    const folder = newFolder();
    const store = await openStore(folder, startClock());
    for (const at of [1000, 3000, 2000]) store.sample('a', {}, at, at);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(Array.from((await loadObservations(folder)).series[0]!.tMs)).toEqual([1000, 2000, 3000]);
    await store.close();
    expect(Array.from((await loadObservations(folder)).series[0]!.tMs)).toEqual([1000, 2000, 3000]);
  });
});

describe('a run that ends badly', () => {
  test('kill -9 loses less than two seconds', async () => {
    const folder = newFolder();
    const writer = spawn(
      process.execPath,
      ['--no-warnings', fileURLToPath(new URL('./fixtures/write-until-killed.ts', import.meta.url)), folder],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let last = '';
    writer.stdout.on('data', (data: Buffer) => {
      last = data.toString().trimEnd().split('\n').at(-1) ?? last;
    });
    await waitUntil('two seconds of samples', () => Number(last) > 2500, { limitMs: 20_000, everyMs: 20 });
    writer.kill('SIGKILL');
    await new Promise((resolve) => writer.once('close', resolve));
    const [{ samples, histograms }, written] = [
      await loadObservations(folder).then((found) => ({
        samples: seriesOf(found, 'n'),
        histograms: histogramsOf(found, 'h'),
      })),
      Number(last),
    ];
    expect(written).toBeGreaterThan(1000);
    expect(samples[0]!.values.at(-1)).toBeGreaterThan(written - 2000);
    expect(Array.from(samples[0]!.values.slice(0, 1000))).toEqual(Array.from({ length: 1000 }, (_, index) => index));
    expect(histograms[0]!.histograms.length).toBeGreaterThan(1000);
  });

  test('no sample is on disk before the name of its series', async () => {
    const folder = newFolder();
    const store = await openStore(folder, startClock());
    for (let index = 0; index < 50_000; index += 1) store.sample('a', { index: String(index % 7) }, 1, index);
    // The event loop had no turn: only full buffers were written.
    const rows = readFileSync(path.join(folder, 'samples.csv'), 'utf8').split('\n').length;
    expect(rows).toBeGreaterThan(10_000);
    expect(readFileSync(path.join(folder, 'series.ndjson'), 'utf8').trim().split('\n')).toHaveLength(7);
    await store.close();
  });

  test('a line torn in the middle is not believed, whatever is left of it', async () => {
    const folder = newFolder();
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'series.ndjson'), '{"id":0,"name":"a","labels":{}}\n{"id":1,"name":"b","la');
    writeFileSync(path.join(folder, 'samples.csv'), '1000,0,12\n2000,0,34\n3000,0,5');
    writeFileSync(path.join(folder, 'histograms.csv'), '1000,0,3,0,2,5,1,2,0,"1|1"\n2000,0,3,0,2,5,1,2,0,"1|');
    writeFileSync(
      path.join(folder, 'logs.ndjson'),
      '{"atMs":1,"component":"service","instance":0,"text":"x"}\n{"atMs"',
    );
    const found = await loadObservations(folder);
    expect(Array.from(found.series[0]!.values)).toEqual([12, 34]);
    expect(found.histograms[0]!.histograms).toHaveLength(1);
    expect(found.logLines).toHaveLength(1);
  });

  test('a line torn between its columns costs no other', async () => {
    const folder = newFolder();
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'series.ndjson'), '{"id":0,"name":"a","labels":{}}\n');
    writeFileSync(path.join(folder, 'samples.csv'), '1000,0,12\n2000,0,34\n3000,0');
    expect(Array.from((await loadObservations(folder)).series[0]!.values)).toEqual([12, 34]);
  });

  test('raw files stay when fewer rows can be read back than were written', async () => {
    const folder = newFolder();
    const store = await openStore(folder, startClock());
    for (let index = 0; index < 100; index += 1) store.sample('a', {}, index, index);
    await new Promise((resolve) => setTimeout(resolve, 500));
    truncateSync(path.join(folder, 'samples.csv'), 50);
    await store.close();
    expect(existsSync(path.join(folder, 'samples.csv'))).toBe(true);
    expect((await loadObservations(folder)).sources).toEqual([
      { source: 'store', ok: false, reason: expect.stringContaining('100 rows were written') },
    ]);
  });

  test('a full disk is said in one clear word, and ends nothing', async () => {
    const folder = newFolder();
    mkdirSync(folder);
    symlinkSync('/dev/full', path.join(folder, 'samples.csv'));
    const store = await openStore(folder, startClock());
    for (let index = 0; index < 100_000; index += 1) store.sample('a', {}, index, index);
    store.histogram('h', {}, histogram(9), 5);
    await store.close();
    expect(store.lost).toBe(100_000);
    rmSync(path.join(folder, 'samples.csv'), { force: true });
    const found = await loadObservations(folder);
    expect(found.histograms).toHaveLength(1);
    expect(found.sources[0]).toMatchObject({ source: 'store', ok: false });
    expect(readFileSync(path.join(folder, 'sources.ndjson'), 'utf8')).toContain(
      'samples could not be written: the disk is full',
    );
  });

  test('labels without end are refused, counted and said; they leave room for all others', async () => {
    const folder = newFolder();
    const store = await openStore(folder, startClock());
    const last = mostOfOneName + 1005;
    for (let index = 0; index < last; index += 1) store.sample('a', { request: String(index) }, 1, index);
    store.sample('a', { request: String(last - 1) }, 1, last);
    store.sample('b', {}, 1, last);
    await store.close();
    const found = await loadObservations(folder);
    expect(seriesOf(found, 'a')).toHaveLength(mostOfOneName);
    expect(seriesOf(found, 'b')).toHaveLength(1);
    expect(found.sources.find(({ source }) => source === 'store')).toMatchObject({
      ok: false,
      reason: expect.stringContaining('1,005 more of a; set the name tag'),
    });
  });
});

test('memory stays flat whatever the rate', () => {
  const output = execFileSync(
    process.execPath,
    ['--no-warnings', '--expose-gc', fileURLToPath(new URL('./fixtures/write-a-lot.ts', import.meta.url)), newFolder()],
    { encoding: 'utf8' },
  );
  const heaps = JSON.parse(output) as number[];
  // Ten times a tenth of 3 million samples: an hour of a full run at ten times its rate.
  expect(Math.max(...heaps) - heaps[1]!).toBeLessThan(4 * 2 ** 20);
}, 60_000);
