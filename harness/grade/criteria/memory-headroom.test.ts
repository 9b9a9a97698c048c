import { expect, test } from 'vitest';
import { flat, leak, noisy, sawtooth, spike } from '../fixtures/shapes.ts';
import type { Recorder } from '../fixtures/recorder.ts';
import { mebibytes, phase } from '../fixtures/healthy-run.ts';
import { judge } from '../fixtures/judge.ts';

const memory =
  (bytes: (second: number) => number) =>
  (recorder: Recorder): unknown =>
    recorder.gauge('process.memory_bytes', { component: 'database', instance: '1' }, bytes);
test('flat passes, a leak fails, one spike does not', () => {
  expect(judge('memory-headroom', memory(noisy(flat(mebibytes(500)), 0.05))).verdict).toBe('pass');
  expect(judge('memory-headroom', memory(leak(mebibytes(300), mebibytes(4)))).verdict).toBe('fail');
  expect(judge('memory-headroom', memory(spike(mebibytes(300), mebibytes(900), 40, 3))).verdict).toBe('pass');
});

test("a garbage collector's sawtooth counts by what it never goes below", () => {
  expect(judge('memory-headroom', memory(sawtooth(mebibytes(300), mebibytes(700), 8))).verdict).toBe('pass');
  expect(judge('memory-headroom', memory(sawtooth(mebibytes(650), mebibytes(800), 8))).verdict).toBe('fail');
});

test("the seed's own run fails: memory 1.8 of 2 GB used", () => {
  const changed = { budgets: { database: { cores: 2, memoryBytes: 2e9 } } };
  const seed = (recorder: Recorder): unknown =>
    recorder.gauge('process.memory_bytes', { component: 'database', instance: '1' }, flat(1.8e9));
  expect(judge('memory-headroom', seed, changed)).toMatchObject({ verdict: 'fail', value: expect.closeTo(10, 0) });
});

test('cut to fewer than five samples, or not seen, is unknown', () => {
  const short = [phase('steady', 'steady', 2, 6)];
  expect(judge('memory-headroom', undefined, { phases: short }).verdict).toBe('inconclusive');
  const unseen = (recorder: Recorder): unknown => recorder.remove('process.memory_bytes', { component: 'pooler' });
  expect(judge('memory-headroom', unseen)).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('pooler: its memory was not seen'),
  });
});

test('where more than the budget is in use nothing is left, and no "-0 %"', () => {
  const changed = { budgets: { database: { cores: 2, memoryBytes: mebibytes(512) } } };
  const judged = judge('memory-headroom', memory(flat(mebibytes(514))), changed);
  expect(judged.reason).toContain('nothing left (514 MiB of 512 MiB in use)');
});
