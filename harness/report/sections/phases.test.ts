import { expect, test } from 'vitest';
import { figuresSection } from './phases.ts';
import { phase, scenario } from '../recordings/scenario.ts';
import { histogramFrom, synthesize } from '../recordings/synthesize.ts';
import type { Observations } from '../../measure/tracks/observations.ts';

const phases = [phase('warm-up', 'warmup', 0, 10, 5), phase('load', 'steady', 10, 70, 50)];
const entry = scenario({ name: '5x', phases });
const evenly = (low: number, high: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => low + ((high - low) * (index + 0.5)) / count);

/** In the warm-up one request a second, 10 s each; under load ten of 1 to 100 ms, and a hundredth that fail at once. */
const observations = (): Observations => {
  const made = synthesize({ seed: 1, fromSeconds: 0, toSeconds: 70 });
  const during =
    (from: number, count: number) =>
    (at: number): number =>
      Math.ceil(at) > from && Math.ceil(at) <= (from === 0 ? 10 : 70) ? count : 0;
  for (const [name, from, ok] of [
    ['warm-up', 0, 1],
    ['load', 10, 10],
  ] as const) {
    made.delta('http_reqs', { kind: 'interactive', phase: name, outcome: 'ok' }, during(from, ok), 0);
    made.delta('pgsurge_jobs_done', { kind: 'job', phase: name }, during(from, 2), 0);
  }
  made.delta(
    'http_reqs',
    { kind: 'interactive', phase: 'load', outcome: 'error' },
    (at) => (Math.round(at) === 30 ? 6 : 0),
    0,
  );
  made.counter('postgres.commits', {}, () => 50, 0);
  made.counter('postgres.rollbacks', {}, (at) => (at > 10 ? 1 : 0), 0);
  made.counter('postgres.deadlocks', {}, () => 0, 0);
  made.counter('postgres.temp_bytes', {}, () => 0, 0);
  made.counter('pooler.transactions', {}, () => 100, 0);
  made.counter('pooler.wait_seconds', {}, (at) => (at > 10 ? 0.2 : 0), 0);
  made.gauge('pooler.maxwait', { pooler: '0' }, (at) => (Math.round(at) === 40 ? 0.75 : 0), 0);
  for (const [instance, waiting] of [
    ['0', 7],
    ['1', 0],
  ] as const) {
    const labels = { 'service.instance': instance, 'db.client.connection.pool.name': 'main' };
    made.gauge('db.client.connection.max', labels, () => 18, 0);
    made.gauge('db.client.connection.pending_requests', labels, (at) => (at < 5 ? 30 : waiting), 0);
  }
  const seen = made.done();
  const histogram = (values: readonly number[], labels: Record<string, string>, name = 'http_req_duration') => ({
    name,
    labels: { kind: 'interactive', ...labels },
    tMs: Float64Array.of(5000),
    histograms: [histogramFrom(values)],
  });
  return {
    ...seen,
    histograms: [
      histogram(evenly(10_000, 10_001, 10), { phase: 'warm-up', outcome: 'ok' }),
      histogram(evenly(0.1, 100, 600), { phase: 'load', outcome: 'ok' }),
      histogram(evenly(2, 3, 6), { phase: 'load', outcome: 'error' }),
      {
        ...histogram(evenly(0.001, 0.1, 2000), { 'service.instance': '0' }, 'db.client.connection.wait_time'),
        tMs: Float64Array.of(30_000),
      },
    ],
  };
};

/** Rows of the table with this caption, cells joined; without what stands small beneath. */
const rowsOf = (text: string, caption: string): string[] => {
  const table = text.slice(text.indexOf(`<caption>${caption}`)).split('</table>')[0]!;
  return [...table.matchAll(/<tr>(<th scope="row">.*?)<\/tr>/g)].map(([, row]) =>
    row!
      .replace(/<span class="how">/g, ' (')
      .replace(/<\/span>/g, ')')
      .replace(/<\/t[hd]>/g, ' | ')
      .replace(/<[^>]+>/g, '')
      .replace(/ \| $/, ''),
  );
};

test('per phase: requests, failures with their share, percentiles of those that succeeded, jobs; the warm-up marked', () => {
  const [warmUp, load] = rowsOf(figuresSection(entry, observations())!.html, 'Phase by phase');
  expect(warmUp).toMatch(
    /^warm-up \(not judged\) \| 10 s \(full 3:20 min\) \| 5 \| 10 \| 0 \| 0 \| 10,00\d ms \| 10,00\d ms \| 20$/,
  );
  expect(load).toMatch(
    /^load \(steady\) \| 1:00 min \(full 20:00 min\) \| 50 \| 606 \| 6 \(0\.99 %\) \| 0 \| (49|50)\.?\d* ms \| 9[45]\.?\d* ms \| 120$/,
  );
});

test('what database and pooler counted, per phase', () => {
  const [warmUp, load] = rowsOf(figuresSection(entry, observations())!.html, 'What database and pooler counted');
  expect(warmUp).toMatch(/\| 0 \| 0 \| 0 B \| \d+ \| 0(\.0\d+)? ms \| 0 ms$/);
  expect(load).toMatch(
    /^load \(steady\) \| (2,9\d\d|3,0\d\d) \| (59|60) \| 0 \| 0 B \| (5,9\d\d|6,0\d\d) \| (1\.9\d?|2) ms \| 750 ms$/,
  );
});

test('percentiles apart for what succeeded, failed and waited; one that nothing lies above is left out', () => {
  const rows = rowsOf(figuresSection(entry, observations())!.html, 'How long it took');
  expect(rows[0]).toMatch(
    /^Requests that succeeded \(interactive, by k6\) \| 600 \| (49|50)\.?\d* \| (89|90)\.?\d* \| 9[45]\.?\d* \| (98|99)\.?\d* \| – \| (99\.9|100)$/,
  );
  expect(rows[1]).toMatch(
    /^Requests that failed \(interactive, by k6\) \| 6 \| 2\.\d+ \| – \| – \| – \| – \| 2\.9\d?$/,
  );
  expect(rows[2]).toMatch(/^Acquiring a connection of the app pool \(queue time\) \| 2,000 \| .* \| 99\.?\d* \| 100$/);
});

test('each process has its own pool, warm-up left out', () => {
  expect(rowsOf(figuresSection(entry, observations())!.html, 'The app pool of each process')).toEqual([
    expect.stringMatching(/^replica 0 \| 18 \| – \| 7 \| 2,000 \| 0 \| .* \| 100$/),
    'replica 1 | 18 | – | 0 | 0 | 0 | – | – | – | – | – | –',
  ]);
});

test('without samples the phases are still told', () => {
  const text = figuresSection(entry, null)!.html;
  expect(rowsOf(text, 'Phase by phase')).toEqual([
    'warm-up (not judged) | 10 s (full 3:20 min) | 5',
    'load (steady) | 1:00 min (full 20:00 min) | 50',
  ]);
  expect(text).not.toContain('How long it took');
});
