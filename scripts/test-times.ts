/**
 * The table of CONTRIBUTING.md, from vitest's own report:
 *
 *     npx vitest run --reporter=json --outputFile=times.json
 *     node scripts/test-times.ts times.json
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

interface Report {
  testResults: { name: string; assertionResults: { duration?: number | null; tags?: string[] }[] }[];
}

/** Files that take less than this are told together. */
const fewestSeconds = 5;

const { testResults } = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Report;
const rows = testResults.map(({ name, assertionResults }) => {
  const seconds = { quick: 0, full: 0 };
  for (const { duration, tags } of assertionResults) {
    seconds[tags?.includes('full') === true ? 'full' : 'quick'] += (duration ?? 0) / 1000;
  }
  return { file: path.relative(path.resolve(import.meta.dirname, '..'), name), ...seconds };
});
const long = rows
  .filter(({ quick, full }) => quick + full >= fewestSeconds)
  .toSorted((a, b) => b.quick + b.full - a.quick - a.full);
const short = rows.filter((row) => !long.includes(row));

const total = (of: typeof rows, kind: 'quick' | 'full'): number => of.reduce((sum, row) => sum + row[kind], 0);
const line = (title: string, quick: number, full: number): string =>
  `| ${title} | ${quick.toFixed(0)} | ${full.toFixed(0)} |`;

console.log('| test file | seconds in `npm test` | seconds in `npm run test:full` |\n|---|---|---|');
for (const { file, quick, full } of long) console.log(line(`\`${file}\``, quick, full));
console.log(line(`${short.length} others`, total(short, 'quick'), total(short, 'full')));
console.log(line('**together**', total(rows, 'quick'), total(rows, 'full')));
