/** What holds of every file in criteria/: whoever adds one is told here what is missing. */
import { expect, test } from 'vitest';
import { chartDefinitions } from '../report/charts/definitions.ts';
import { loadCriteria } from './load-criteria.ts';

const criteria = await loadCriteria();

test('no two criteria have the same rank among causes', () => {
  const ranks = criteria.map(({ causeRank }) => causeRank);
  expect(ranks.filter((rank, index) => ranks.indexOf(rank) !== index)).toEqual([]);
});

test('each links to a chart that the page draws, or to none', () => {
  const charts = new Set(chartDefinitions.map(({ id }) => id));
  expect(criteria.filter(({ chart }) => chart !== null && !charts.has(chart)).map(({ id }) => id)).toEqual([]);
});

test('one without bounds says what it demands', () => {
  expect(
    criteria.filter(({ bounds, demand }) => bounds.length === 0 && demand === undefined).map(({ id }) => id),
  ).toEqual([]);
});
