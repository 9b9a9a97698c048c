/** Iterations that were not begun are the generator's only where the criterion says so by its evidence. */
import { expect, test } from 'vitest';
import { loadTotals } from '../grade/fixtures/judge.ts';
import type { CriterionResult, ScenarioResult } from '../result.ts';
import { chainOf, diagnosisOf, healthyStranger } from './fixtures/stranger.ts';

const words = { exceptions: [], stopped: null, markedFailed: null, userCaps: [], summaryProblem: null };

const dropping = (
  criterion: Pick<CriterionResult, 'verdict' | 'reason'>,
  stopped: NonNullable<typeof loadTotals.words>['stopped'] = null,
): Partial<ScenarioResult> => ({
  loadTotals: {
    ...loadTotals,
    iterations: 3000,
    droppedIterations: 300,
    words: { ...words, stopped },
  },
  criteria: [{ id: 'dropped-iterations', ...criterion } as CriterionResult],
});

test('held back, by its evidence', () => {
  const byCore = dropping({
    verdict: 'inconclusive',
    reason: 'the generator fell behind: 300 …; k6 waited for a core',
  });
  expect(chainOf(diagnosisOf(healthyStranger(), byCore))).toBe('generator');
  const byCap = dropping({ verdict: 'inconclusive', reason: "the script's own limit: 300 …; all busy" });
  expect(diagnosisOf(healthyStranger(), byCap).findings[0]!.sentence).toMatch(/^The script allows too few users/);
});

test('the service kept its users, or the script stopped itself: then it is not what went wrong', () => {
  const byService = dropping({ verdict: 'fail', reason: 'the service did not give its users back: 300 …' });
  expect(chainOf(diagnosisOf(healthyStranger(), byService))).not.toContain('generator');
  const stop = { by: 'threshold' as const, words: 'p(95)<50' };
  const stopped = dropping({ verdict: 'inconclusive', reason: 'the generator fell behind: …' }, stop);
  expect(chainOf(diagnosisOf(healthyStranger(), stopped))).not.toContain('generator');
});
