import { expect, test } from 'vitest';
import type { Drawing } from './drawing.ts';
import { drawingOf, type DrawContext } from './drawing.ts';
import { chart as dispatched } from './kinds/dispatched.ts';
import { tableOf } from './table.ts';
import { phase, scenario } from '../recordings/scenario.ts';

/** Schedules that grow by one a second for 25 s, of which the last `unseen` nobody saw. */
const drawn = (fromSeconds: number, untilSeconds: number, unseen = 0): Drawing => {
  const values = Float64Array.from({ length: 25 }, (_, second) => (second < 25 - unseen ? second : NaN));
  const context: DrawContext = {
    scenario: scenario({
      name: 'duplicate-schedules',
      phases: [phase('restarts', 'rest', fromSeconds, untilSeconds, 0)],
    }),
    endMs: 25_000,
    budgets: {},
    idPrefix: '',
    tracks: new Map([['schedules.total', { id: 'schedules.total', title: 'schedules', unit: 'schedules', values }]]),
    grid: { startMs: 0, stepMs: 1000, points: 25 },
  };
  return drawingOf(dispatched, context)!;
};

/** Column titles, and the highest of each in the first row. */
const columnsOf = (drawing: Drawing): string[] => {
  const text = tableOf(drawing).html;
  const titles = [...text.matchAll(/<th scope="col" class="number">([^<]*)</g)].map(([, title]) => title!);
  const highest = [...text.matchAll(/class="soft">\(([^)]*)\)</g)].map(([, value]) => value!);
  return titles.map((title, index) => `${title} ${highest[index]}`);
};

test('the figures cover what the picture covers, also before the first phase and after the last', () => {
  expect(columnsOf(drawn(2, 10))).toEqual(['before restarts 1', 'restarts 9', 'after restarts 24']);
  expect(columnsOf(drawn(0, 25))).toEqual(['restarts 24']);
});

test('a stretch in which nothing was seen is no column', () => {
  expect(columnsOf(drawn(0, 20, 5))).toEqual(['restarts 19']);
});
