/**
 * What incidents measure by `measureCosts` is what the operation costs, and its growth is told with an interval.
 *
 * @module-tag full
 */
import { beforeEach, expect, test } from 'vitest';
import { costAt, exponentOf, measureCosts } from '../../scenarios/lib/costs.ts';
import { healthyDatabase } from '../check/fixtures/healthy-database.ts';

const database = healthyDatabase();
const sizes = [10, 100, 1000];
const plant = `
  INSERT INTO jobs (key, tenant_id, title, pages) VALUES ('probe-' || size, 'probe', 'probe', added);`;
const wobbles = '(1 + 0.2 * random())';

const numberOf = async (sql: string): Promise<number> => {
  const [row] = (await database.owner.query(sql)).rows as Record<string, unknown>[];
  return Number(Object.values(row ?? {})[0]);
};
const measure = (operation: string): Promise<unknown> =>
  database.owner.query(measureCosts({ sizes, plant, operation }));
const exponents = async (from: number): Promise<number[]> => [
  await numberOf(exponentOf('low', from)),
  await numberOf(exponentOf('estimate', from)),
  await numberOf(exponentOf('high', from)),
];

beforeEach(async () => {
  await database.owner.query('DROP SCHEMA IF EXISTS probe CASCADE');
});

test('what costs as much as there is has the exponent 1, and its interval is narrow', async () => {
  await measure(`cost := size * ${wobbles};`);
  const [low = NaN, estimate = NaN, high = NaN] = await exponents(1);
  expect(estimate).toBeCloseTo(1, 1);
  expect(low).toBeLessThan(estimate);
  expect(high).toBeGreaterThan(estimate);
  expect(high - low).toBeLessThan(0.1);
  expect(await numberOf(costAt(100))).toBeGreaterThan(100);
});

test('what costs the same has the exponent 0, whatever the first tries cost', async () => {
  await measure(`cost := ${wobbles} + CASE WHEN turn < 4 THEN size ELSE 0 END;`);
  const [low = NaN, estimate = NaN, high = NaN] = await exponents(1);
  expect(estimate).toBeCloseTo(0, 1);
  expect(low).toBeLessThan(0.05);
  expect(high).toBeLessThan(0.1);
});

test('a cost that every change has hides growth in small sizes, which are left out', async () => {
  await measure(`cost := 100 + size * ${wobbles};`);
  const [, all = NaN] = await exponents(1);
  const [, large = NaN] = await exponents(100);
  expect(all).toBeLessThan(0.6);
  expect(large).toBeGreaterThan(all + 0.1);
});

test('nothing that was planted or tried is left', async () => {
  const before = await numberOf('SELECT count(*) FROM jobs');
  await measure(`UPDATE jobs SET title = 'tried'; cost := 1;`);
  expect(await numberOf('SELECT count(*) FROM jobs')).toBe(before);
  expect(await numberOf(`SELECT count(*) FROM jobs WHERE title = 'tried'`)).toBe(0);
  expect(await numberOf(`SELECT count(*) FROM tenants WHERE id = 'probe'`)).toBe(0);
  expect(await numberOf('SELECT count(*) FROM probe.costs')).toBe(8 * sizes.length);
});

test('a try finds nothing of the one before', async () => {
  await measure(`
    INSERT INTO jobs (key, tenant_id, title, pages) VALUES (size || '-try-' || turn, 'probe', 'tried', 1);
    SELECT count(*) INTO cost FROM jobs WHERE title = 'tried';`);
  expect(await numberOf('SELECT max(milliseconds) FROM probe.costs')).toBe(1);
});
