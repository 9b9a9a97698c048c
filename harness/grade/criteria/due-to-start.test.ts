import { expect, test } from 'vitest';
import { durations, type Recorder } from '../fixtures/recorder.ts';
import { judge } from '../fixtures/judge.ts';

const slow =
  (name: string, middle: number) =>
  (recorder: Recorder): unknown =>
    recorder.histogram(name, { 'service.instance': '1' }, (second) => durations(60, middle, second));

test('correct but late fails where a bound is declared', () => {
  const declared = { id: 'due-to-start', value: 1000 };
  expect(judge('due-to-start', undefined, {}, declared).verdict).toBe('pass');
  expect(judge('due-to-start', slow('pgsurge.task.due_to_start', 7.5), {}, declared).verdict).toBe('fail');
  expect(judge('due-to-start', (recorder) => recorder.remove('pgsurge.task.due_to_start'), {}, declared).verdict).toBe(
    'inconclusive',
  );
});
