import type { CriterionResult, RunResult, ScenarioResult, Verdict } from '../result.ts';
import { boundWords, holds } from '../measure/bounds.ts';
import { formatNumber } from '../measure/numbers-in-words.ts';
import { byCause, causeRankOf } from '../measure/severity.ts';
import { worstOf } from './verdict.ts';

type Judgement = Pick<RunResult, 'verdict' | 'sentence' | 'nextStep'>;

/** How an entry counts for the run: a broken variant that shows its symptoms is as it should be. */
const runVerdictOf = ({ verdict, expected, asExpected, state }: ScenarioResult): Verdict => {
  if (state === 'pending' || state === 'running' || state === 'interrupted') return 'inconclusive';
  if (expected === 'symptoms' && asExpected === true) return 'pass';
  return verdict;
};

/** A sentence for the first screen; the criterion's own line holds the rest. */
const clipped = (text: string): string => (text.length > 220 ? `${text.slice(0, 217).replace(/\s+\S*$/, '')} …` : text);

/** "Waiting for a connection of the app pool times out: 4.2 % (132 of 3,144), at most 0 % is allowed". */
export const explainCriterion = (criterion: CriterionResult): string => {
  const { title, value, numerator, count, unit, bounds, reason } = criterion;
  // A second condition may have failed while the value itself keeps its bound.
  const kept = value !== null && bounds.every((one) => holds(value, one));
  if (value === null || kept) return `${title}: ${clipped(reason)}`;
  const unitWords = unit === '%' ? ' %' : ` ${unit}`;
  const counted =
    numerator != null
      ? ` (${formatNumber(numerator)} of ${formatNumber(count)})`
      : count > 0
        ? ` (${formatNumber(count)} counted)`
        : '';
  const bound =
    bounds.find(({ severity }) => severity === (criterion.verdict === 'warn' ? 'warn' : 'fail')) ?? bounds[0];
  const allowed = bound === undefined ? '' : `; the bound is ${boundWords(bound, unit)}`;
  return `${title}: ${formatNumber(value)}${unitWords}${counted}${allowed}`;
};

const place = ({ title, variant, expected, repeat }: ScenarioResult, repeats: boolean): string =>
  `${title}${expected === 'symptoms' || variant !== 'fixed' ? ` (${variant}${repeats ? `, repeat ${repeat}` : ''})` : ''}`;

const explainEntry = (entry: ScenarioResult, verdict: Verdict): Omit<Judgement, 'verdict'> => {
  if (entry.state === 'failed' && entry.message != null)
    return { sentence: entry.message, nextStep: "Run pgsurge doctor, then look into the run's logs." };
  if (entry.expected === 'symptoms' && entry.asExpected !== true) {
    return {
      sentence: entry.reason,
      nextStep:
        "The cause is in force but its symptom is not seen: compare the settings with the declaration, and look at the symptoms' evidence.",
    };
  }
  const worst = entry.criteria.filter((one) => one.verdict === verdict).sort(byCause)[0];
  if (worst === undefined) return { sentence: entry.reason, nextStep: "Look at the entry's page." };
  if (verdict === 'inconclusive')
    return {
      sentence: `Not known: ${explainCriterion(worst)}`,
      nextStep:
        'See that every source speaks (the health table of the page, pgsurge doctor) and that the host is otherwise idle, then run again; an inconclusive is never a pass.',
    };
  return { sentence: explainCriterion(worst), nextStep: worst.nextStep ?? "Look at the entry's page." };
};

/** What "as expected" was of several entries: a broken variant meets no criterion, it shows its symptoms. */
const allAsExpected = (scenarios: readonly ScenarioResult[]): string => {
  const broken = scenarios.filter(({ expected }) => expected === 'symptoms').length;
  const sound = scenarios.length - broken;
  if (broken === 0) return 'every criterion met';
  const shown = broken === 1 ? '1 shows the symptoms that it must' : `${broken} show the symptoms that they must`;
  return sound === 0 ? shown : `${shown}, ${sound} ${sound === 1 ? 'meets its' : 'meet their'} criteria`;
};

/** How near to the root of the causes the nearest criterion with this verdict is; an entry without one comes last. */
const rootRank = ({ criteria }: ScenarioResult, verdict: Verdict): number =>
  Math.min(1000, ...criteria.filter((one) => one.verdict === verdict).map(causeRankOf));

/** Sum of a run: its verdict, the sentence that explains the worst failure from its root, and what to do next. */
export const gradeRun = (scenarios: readonly ScenarioResult[]): Judgement => {
  const judged = scenarios.map((entry) => ({ entry, verdict: runVerdictOf(entry) }));
  const verdict = worstOf(judged);
  const worst = judged
    .filter((one) => one.verdict === verdict)
    .sort((a, b) => rootRank(a.entry, verdict) - rootRank(b.entry, verdict));
  const first = worst[0];
  if (first === undefined)
    return {
      verdict: 'inconclusive',
      sentence: 'Nothing was run.',
      nextStep: 'Run pgsurge run baseline --profile smoke.',
    };
  if (verdict === 'pass' || verdict === 'notApplicable') {
    const what = scenarios.length === 1 ? place(first.entry, false) : `All ${scenarios.length} entries`;
    return {
      verdict,
      sentence: `${what} came out as expected: ${scenarios.length === 1 ? first.entry.reason : allAsExpected(scenarios)}.`,
      nextStep: 'Nothing to mend. Keep the run as a baseline: pgsurge keep RUN LABEL.',
    };
  }
  const { sentence, nextStep } = explainEntry(first.entry, verdict);
  const others = worst.length - 1;
  const prefix =
    scenarios.length > 1
      ? `${place(
          first.entry,
          scenarios.some(({ repeat }) => repeat > 1),
        )}: `
      : '';
  return {
    verdict,
    sentence: `${prefix}${sentence}${others > 0 ? ` (and ${others} more ${others === 1 ? 'entry' : 'entries'})` : ''}.`,
    nextStep,
  };
};
