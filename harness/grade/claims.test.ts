import { expect, test } from 'vitest';
import type { ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';
import { claimsOf, type ClaimInput } from './claims.ts';

const fewer: NonNullable<ScenarioDeclaration['claims']>[number] = {
  text: 'queries −90 %',
  seed: '001',
  variant: 'fixed',
  relativeTo: 'broken',
  measure: { kind: 'sql', query: 'SELECT 1', comparator: '<=', value: 0.1 },
  refuted: 'it does not',
};
const judge = { observations: { series: [], histograms: [], logLines: [], sources: [] }, phases: [], steps: [] };
const measured = (variant: string, answer: number | null, others: ClaimInput['others'] = []) =>
  claimsOf([fewer], { variant, judge, answers: { 'claim:0': answer }, others })[0];
const broken = { variant: 'broken', claims: [measured('broken', 50)!] };

test('the variant that others are compared with keeps its figure', () => {
  expect(measured('broken', 50)).toMatchObject({ value: 50, measured: '50, with which the others are compared' });
});

test('a count is not rounded: 16,083 tasks are not 16,080', () => {
  expect(measured('broken', 16_083)?.measured).toBe('16083, with which the others are compared');
  expect(measured('broken', 16_083.4)?.measured).toBe('16080, with which the others are compared');
});

test('a quotient within one run holds, or does not, and then the reason stands beside it', () => {
  expect(measured('fixed', 4, [broken])).toMatchObject({
    value: 4,
    measured: '4, against 50 of broken: × 0.08 (holds: × <= 0.1)',
  });
  expect(measured('fixed', 20, [broken])).toMatchObject({
    measured: expect.stringContaining('× 0.4 (does not hold') as string,
    note: 'it does not',
  });
});

test('without the other variant, or of nothing, there is no quotient', () => {
  expect(measured('fixed', 4)?.measured).toBe('4; broken did not run, so nothing to compare with');
  const nothing = { variant: 'broken', claims: [measured('broken', 0)!] };
  expect(measured('fixed', 4, [nothing])?.measured).toContain('nothing to compare with');
  expect(measured('fixed', null, [broken])?.measured).toBe('could not be measured');
});

test('other variants are not asked', () => {
  expect(measured('staggered', 4)).toBeUndefined();
});
