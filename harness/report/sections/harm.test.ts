import { expect, test } from 'vitest';
import { harmTable } from './harm.ts';
import { phase, scenario } from '../recordings/scenario.ts';
import { synthesize } from '../recordings/synthesize.ts';
import type { ScenarioResult } from '../../result.ts';

const fault = {
  id: 'freeze',
  title: 'Freeze',
  target: 'replica 0',
  injectedAtMs: 20_000,
  revertedAtMs: 30_000,
  bite: 'bit',
  revertProved: true,
} as ScenarioResult['faults'][number];
const entry = (faults: ScenarioResult['faults']): ScenarioResult =>
  scenario({ name: 'freeze', phases: [phase('load', 'steady', 0, 60, 5)], faults });

const observations = () => {
  const made = synthesize({ seed: 1, fromSeconds: 0, toSeconds: 60 });
  const between =
    (from: number, until: number, value: number) =>
    (at: number): number =>
      at > from && at <= until ? value : 0;
  made.delta('http_reqs', { kind: 'interactive', outcome: 'ok' }, () => 10, 0);
  made.delta(
    'http_reqs',
    { kind: 'interactive', outcome: 'error' },
    (at) => (at === 5 ? 50 : between(23, 29, 2)(at)),
    0,
  );
  for (const instance of ['0', '1'])
    made.gauge('db.client.connection.pending_requests', { 'service.instance': instance }, between(21, 35, 4), 0);
  made.gauge('pooler.clients', { state: 'waiting' }, () => 0, 0);
  return made.done();
};

const rowsOf = (text: string): string[] =>
  [...text.matchAll(/<th scope="row">(.*?)<\/th><td class="number">(.*?)<\/td>/g)].map(
    ([, title, value]) => `${title}: ${value}`,
  );

test('what a fault did, counted from its injection: what failed before is not its doing', () => {
  expect(rowsOf(harmTable(entry([fault]), observations())!.html)).toEqual([
    expect.stringMatching(/^First failed request: (3\.9|4|4\.1) s after the injection$/),
    expect.stringMatching(/^Requests that failed: 12 of 4[01]\d \(2\.9\d? %\)$/),
    'Requests that were refused: 0',
    expect.stringMatching(/^Acquisitions waiting for the app pool, most at once: 8, 2 s after the injection$/),
    expect.stringMatching(/^Acquisitions waiting for the app pool, last seen: 5 s after it was mended$/),
    'Clients waiting in the pooler, most at once: 0',
    'Clients waiting in the pooler, last seen: nobody waited',
  ]);
});

test('error-seconds stand beside the failed requests, where the run has them', () => {
  const counted = { ...entry([fault]), figures: { errorSeconds: 1.68 } };
  expect(rowsOf(harmTable(counted, observations())!.html)).toContain(
    'Error-seconds (failed requests × time): 1.68 s of a full outage',
  );
  expect(harmTable(entry([fault]), observations())!.html).not.toContain('Error-seconds');
});

test('nothing is said where nothing was broken, or was never mended, or nothing was seen', () => {
  expect(harmTable(entry([]), observations())).toBeNull();
  expect(harmTable(entry([{ ...fault, revertedAtMs: null }]), observations())).toBeNull();
  expect(harmTable(entry([fault]), null)).toBeNull();
});
