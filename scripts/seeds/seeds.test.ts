import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { listScenarioFiles } from '../../harness/profile/plan.ts';
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
