import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ScriptCheck } from '../result.ts';
import { readExportedTotals } from './totals.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-totals-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As `--summary-export` writes them. */
const checksOf = (checks: ScriptCheck[]): ScriptCheck[] => {
  const file = path.join(folder, 'summary.json');
  const named = checks.map(({ group, ...one }) => [`${group}::${one.name}`, { ...one, path: `${group}::${one.name}` }]);
  writeFileSync(file, JSON.stringify({ metrics: {}, root_group: { checks: Object.fromEntries(named) } }));
  return readExportedTotals(file, 0).checks!;
};

const failed = (checks: readonly ScriptCheck[]): number => checks.reduce((sum, { fails }) => sum + fails, 0);

test('a few checks stay as the script names them', () => {
  const checks = [
    { name: 'item 17 is there', group: '::shop', passes: 3, fails: 1 },
    { name: 'item 18 is there', group: '', passes: 3, fails: 0 },
  ];
  expect(checksOf(checks)).toEqual(checks);
});

test('thousands with ids in their names are counted together, and none is dropped', () => {
  const one = (id: number): ScriptCheck => ({ name: `item ${id} is there`, group: '', passes: 2, fails: id % 2 });
  const checks = checksOf(Array.from({ length: 9000 }, (_, id) => one(id)));
  expect(checks.length).toBeLessThan(300);
  expect(failed(checks)).toBe(4500);
  expect(checks.reduce((sum, { passes }) => sum + passes, 0)).toBe(18_000);
});

test('so are those of thousands of groups', () => {
  const one = (id: number): ScriptCheck => ({ name: 'is there', group: `::user ${id}`, passes: 0, fails: 1 });
  const checks = checksOf(Array.from({ length: 9000 }, (_, id) => one(id)));
  expect(checks.length).toBeLessThan(300);
  expect(failed(checks)).toBe(9000);
});
