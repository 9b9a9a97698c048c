import { expect, test } from 'vitest';
import { figures, type Figures } from '../measure/figures.ts';
import { figuresOf } from './figures.ts';
import { healthyRecorder } from './fixtures/healthy-run.ts';
import { judgeOf, nothingSeen } from './fixtures/judge.ts';
import type { Recorder } from './fixtures/recorder.ts';

const figuresWith = (change: (recorder: Recorder) => unknown): Figures => {
  const recorder = healthyRecorder();
  change(recorder);
  return figuresOf(judgeOf(recorder), []);
};

test('what a service keeps is what it held, not a peak of one second', () => {
  const kept = figuresWith((recorder) =>
    recorder
      .gauge('cron_schedules_total', { 'service.instance': '0', queue: 'memo' }, () => 7)
      .gauge('cron_schedules_total', { 'service.instance': '0', queue: 'cleanup' }, () => 5)
      .gauge('tasks', { 'service.instance': '0', state: 'waiting' }, (second) => (second === 30 ? 900 : 40))
      .gauge('tasks', { 'service.instance': '0', state: 'pending' }, () => 3)
      .gauge('waiting_timers', { 'service.instance': '0' }, () => 31)
      .gauge('cache_entries', { 'service.instance': '0' }, () => 60)
      .gauge('tap.prepared_names', { hop: 'service' }, () => 44),
  );
  expect(kept).toMatchObject({
    schedulesHeld: 12,
    waitingTasksHeld: 40,
    waitingTimersHeld: 31,
    cacheEntriesHeld: 60,
    preparedNamesHeld: 44,
    poolConnectionsHeld: expect.any(Number),
  });
});

test('dead rows are told as such and as a share of all rows; temporary files as what was written', () => {
  const kept = figuresWith((recorder) =>
    recorder
      .gauge('postgres.tuples.dead', {}, () => 300)
      .gauge('postgres.tuples.live', {}, () => 900)
      .counter('postgres.temp_bytes', {}, () => 1000),
  );
  expect(kept).toMatchObject({ deadRowsHeld: 300, deadRowShareHeld: 0.25 });
  expect(kept.tempBytes).toBeGreaterThan(50_000);
});

test('of a run that did not count live rows the share is not known, nor where there is no row at all', () => {
  const dead = (recorder: Recorder): Recorder => recorder.gauge('postgres.tuples.dead', {}, () => 0);
  expect(figuresWith(dead)).toMatchObject({ deadRowsHeld: 0, deadRowShareHeld: null });
  expect(
    figuresWith((recorder) => dead(recorder).gauge('postgres.tuples.live', {}, () => 0)).deadRowShareHeld,
  ).toBeNull();
});

test('what nobody said is no zero', () => {
  const kept: Partial<Figures> = figuresWith(nothingSeen);
  const stocks = figures.filter((figure) => 'growsBy' in figure).map(({ id }) => id);
  expect(stocks).toHaveLength(13);
  expect(stocks.map((id) => kept[id])).toEqual(stocks.map(() => null));
});
