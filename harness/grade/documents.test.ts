import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadCheckers } from '../check/check.ts';
import { alertBounds } from './alert-bounds.ts';
import { criteriaDocument } from './criteria-document.ts';
import { loadCriteria } from './load-criteria.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const criteria = await loadCriteria();

test('docs/criteria.md is what the code says', () => {
  expect(read('docs/criteria.md'), 'run node harness/grade/write-criteria-document.ts').toBe(
    criteriaDocument(criteria),
  );
});

test('docs/checkers.md names every checker with its invariant', async () => {
  const document = read('docs/checkers.md');
  for (const { id, invariant } of await loadCheckers()) expect(document).toContain(`| ${invariant} | \`${id}\` |`);
});

test('the fifteen criteria of every matrix run are there', () => {
  const ids = criteria.map(({ id }) => id);
  for (const id of [
    'lost-data',
    'corrupt-data',
    'transaction-errors',
    'burst-recovery',
    'cpu-headroom',
    'memory-headroom',
    'memory-after-load',
    'api-p95',
    'query-p95',
    'connection-timeouts',
    'pool-utilisation',
    'database-connections',
    'throughput',
    'due-to-start',
    'pool-recovers',
  ])
    expect(ids).toContain(id);
});

test("an alert bound that names a criterion is that criterion's", () => {
  for (const bound of alertBounds.filter(({ criterion, id }) => criterion !== null && id !== 'max-connections')) {
    const criterion = criteria.find(({ id }) => id === bound.criterion);
    expect(criterion?.bounds).toContainEqual({
      severity: bound.severity,
      comparator: bound.comparator,
      value: bound.value,
    });
    expect(criterion?.unit).toBe(bound.unit);
  }
});

test('judging does no I/O: only the loader and the writer of the document touch a disk', () => {
  const folder = new URL('.', import.meta.url);
  const files = (readdirSync(folder, { recursive: true }) as string[]).filter(
    (file) =>
      file.endsWith('.ts') &&
      !file.endsWith('.test.ts') &&
      !['load-criteria.ts', 'write-criteria-document.ts'].includes(file),
  );
  for (const file of files)
    expect(readFileSync(new URL(file, folder), 'utf8'), file).not.toMatch(
      /from 'node:|from 'pg'|\bprocess\.(env|cwd|exit|argv|std)/,
    );
});
