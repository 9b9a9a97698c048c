import { expect, test } from 'vitest';
import { loadCharts, makersOf } from './load-charts.ts';

const charts = await loadCharts();

test('charts come in the order of the story, and no two want the same place', () => {
  const places = charts.map(({ place }) => place).filter((place) => place !== null);
  expect(places.length).toBeGreaterThan(10);
  expect(places).toEqual([...new Set(places)].toSorted((a, b) => a - b));
});

test('charts that only an incident names come last', () => {
  const first = charts.findIndex(({ place }) => place === null);
  expect(charts.slice(first).every(({ place }) => place === null)).toBe(true);
});

test('makers of single charts are handed to whoever makes tracks', () => {
  const make = () => [];
  expect(makersOf([...charts, { ...charts[0]!, makers: [make] }])).toContain(make);
});
