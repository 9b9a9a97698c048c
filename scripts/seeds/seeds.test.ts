import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { listScenarioFiles } from '../../harness/profile/plan.ts';
import { lineOfClaim } from './claim-lines.ts';
import { quotedLines, seedsDocument, textOf } from './document.ts';
import { stretches } from './sections.ts';

const page = readFileSync(new URL('../../docs/seeds.md', import.meta.url), 'utf8');

test('docs/seeds.md is what the declarations, the runs and the sections say', () => {
  // A scenario that has just come may still be called missing: that is no reason to keep it out.
  const withoutMarks = (text: string): string => text.replaceAll(' (not there yet)', '');
  expect(withoutMarks(page), 'run node scripts/seeds/document.ts').toBe(withoutMarks(seedsDocument()));
});

test.each(Object.keys(stretches))(
  '%s: every line with a figure, a bullet or a mark is quoted, or is no claim',
  (seed) => {
    const wanting = textOf(seed)
      .map((text, index) => ({ text: text.trim(), line: index + 1 }))
      .filter(({ text }) => /\d|^[-*] |✅|\[[ x]\]/.test(text))
      .filter(({ line }) => !page.includes(`\n| ${line} | `) || !quotedLines(seed).some((one) => one.line === line));
    expect(wanting).toEqual([]);
  },
);

test('a stretch is measured somewhere, or says why not, and they stand in order', () => {
  for (const some of Object.values(stretches)) {
    const lines = some.map(({ fromLine }) => fromLine);
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
    expect(some.filter(({ scenarios, why }) => (scenarios ?? []).length === 0 && !why)).toEqual([]);
  }
});

test('a scenario that is named and not there is called so on the page', () => {
  const known = new Set(listScenarioFiles().map(({ id }) => id));
  const absent = Object.values(stretches)
    .flat()
    .flatMap(({ scenarios }) => scenarios ?? [])
    .filter((id) => !known.has(id));
  expect(absent.filter((id) => !page.includes(`\`${id}\` (not there yet)`))).toEqual([]);
});

test('a claim stands with the line that it quotes, and one in words of ours with none', () => {
  const line = (claim: string): string | null => {
    const number = lineOfClaim(claim, textOf('001'));
    return number === null ? null : textOf('001')[number - 1]!.trim();
  };
  expect(line('Reduce no-op updates by 60-80% (debounced)')).toBe('- Reduce no-op updates by 60-80%');
  expect(line('Cache size monitoring: most entries at once')).toBe('- Cache size monitoring');
  expect(line('Trigger overhead reduced by 80%, at 10 tasks in a job')).toContain('Trigger overhead reduced by 80%');
  // "of the cost of" and the like stand in many a line.
  expect(line('Exponent of the cost of a claim in the backlog')).toBeNull();
  expect(line('The job that nobody asked for')).toBeNull();
});

test('what the claims of a line came to stands beside that line', () => {
  const gain = { scenario: 'priority-storm', seed: '001', text: 'Reduce no-op updates by 60-80% (fixed)' };
  const measured = '0, against 2967 of broken: × 0 (holds: × <= 0.4)';
  const claims = [{ ...gain, variant: 'fixed', measured }];
  const [row] = seedsDocument({ 'priority-storm': { of: 'smoke', claims } })
    .split('\n')
    .filter((one) => one.startsWith('| 110 | - Reduce no-op'));
  expect(row).toMatch(/\| fixed: holds, 0, against 2967 of broken: × 0 \|$/);
});
