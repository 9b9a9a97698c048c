import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { listScenarioFiles } from '../../harness/profile/plan.ts';
import { lineOfClaim } from './claim-lines.ts';
import { quotedLines, seedsDocument, takenIn, textOf } from './document.ts';
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

test('of several runs of one commit the newest is told, with how far they lie apart and in how many a claim held', () => {
  const run = (minute: number, figure: number, commit = 'aaaaaaabbb') => ({
    startedAt: `2026-11-29T08:${minute}:00Z`,
    git: { commit, dirty: false },
    profile: { name: 'smoke' },
    scenarios: [
      {
        name: 'queue-concurrency',
        variant: 'fixed',
        claims: [
          {
            seed: '004',
            text: 'Safe for 30 connection pool: max concurrent handlers 1 × 3 × 3 = 9',
            measured: `${figure} (${figure <= 9 ? 'holds' : 'does not hold'}: max of queue_handlers_concurrent <= 9)`,
          },
        ],
      },
    ],
  });
  const rowsOf = (...runs: ReturnType<typeof run>[]): string =>
    seedsDocument(takenIn({}, runs))
      .split('\n')
      .filter((line) => line.includes('Safe for 30 connection pool'))
      .join('\n');

  expect(rowsOf(run(20, 12), run(40, 8), run(30, 9), run(10, 30, 'older'))).toMatch(
    /\| holds in 2 of 3 \| 8 \(holds: .* 9\); over 3 runs 8 to 12\. \| smoke, 2026-11-29, commit aaaaaaa \|/,
  );
  expect(rowsOf(run(40, 8), run(10, 12), run(50, 30, 'older'))).toMatch(
    /\| does not hold \| 30 \(does not hold: [^)]*\) \| smoke, 2026-11-29, commit older \|/,
  );
  expect(rowsOf(run(10, 9), run(20, 9))).toMatch(/\| holds \| 9 .*; over 2 runs always 9\. \|/);
});
