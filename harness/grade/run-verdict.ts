/**
 * How the verdict of a run is composed: which entries count, as what each counts, and which of them decides. What the
 * criteria and symptoms of one entry come to is `verdict.ts`; what an entry comes to that did not finish is here.
 */
import type { RunResult, ScenarioResult, Verdict } from '../result.ts';
import { failsOnPurpose } from '../measure/cause-words.ts';
import { causeRankOf } from '../measure/severity.ts';
import type { Criterion } from './criterion.ts';
import { growthAnswerOf } from './growth/answer.ts';
import { withCause, type Judgement } from './run-cause.ts';
import { sentenceOf } from './run-sentence.ts';
import { worstOf } from './verdict.ts';

/**
 * Without its stack or its load a service fails whatever it is worth. What was seen until the loss is shown, and
 * decides nothing.
 */
const blameless = (
  { criteria, symptoms }: ScenarioResult,
  known: readonly Criterion[],
): Pick<ScenarioResult, 'criteria' | 'symptoms'> => ({
  criteria: criteria.map((one) =>
    one.verdict === 'notApplicable'
      ? one
      : {
          ...one,
          verdict: 'inconclusive',
          title: known.find(({ id }) => id === one.id)?.title ?? one.title,
          reason: `what the run stands on was lost meanwhile; until then: ${one.reason}`,
        },
  ),
  symptoms: symptoms.map((symptom) => ({ ...symptom, observed: null })),
});

/**
 * What an entry without an end comes to: never better than inconclusive. One that failed by itself may be a fail, if
 * its criteria are; one that somebody stopped is no fail either, since what its criteria miss may have been yet to
 * come.
 */
const unfinished = ({ state, verdict, message }: ScenarioResult): Partial<ScenarioResult> => {
  if (state === 'finished' || (state === 'failed' && verdict === 'fail')) return {};
  const reason =
    state === 'interrupted' ? 'interrupted before its end' : `did not finish: ${message ?? 'unknown reason'}`;
  return { verdict: 'inconclusive', asExpected: null, grade: null, reason };
};

/** A graded entry, with what its end, or the lack of one, makes of its verdict. `known`: all criteria there are. */
export const asFarAsItCame = (graded: ScenarioResult, known: readonly Criterion[]): ScenarioResult => {
  const entry: ScenarioResult =
    graded.lost === true ? { ...graded, ...blameless(graded, known), verdict: 'inconclusive' } : graded;
  return { ...entry, ...unfinished(entry) };
};

/**
 * Another release that runs beside this one is compared, not judged. Of a run that was cut short, what was begun
 * counts.
 */
const countedEntries = ({ scenarios }: RunResult): ScenarioResult[] => {
  const own = scenarios.filter(({ release }) => release !== 'base');
  const begun = own.filter(({ state }) => state !== 'pending');
  return begun.length > 0 ? begun : own;
};

/** How an entry counts for the run: a broken variant that shows its symptoms is as it should be. */
const countedVerdict = (entry: ScenarioResult): Verdict => {
  const { verdict, state } = entry;
  if (state === 'pending' || state === 'running' || state === 'interrupted') return 'inconclusive';
  if (failsOnPurpose(entry)) return 'pass';
  return verdict;
};

/** How near to the root of the causes the nearest criterion with this verdict is; an entry without one comes last. */
const rootRank = ({ criteria }: ScenarioResult, verdict: Verdict): number =>
  Math.min(1000, ...criteria.filter((one) => one.verdict === verdict).map(causeRankOf));

/**
 * The worst verdict of the entries is the run's; of the entries that have it, the one nearest to the root explains it.
 */
export const gradeRun = (entries: readonly ScenarioResult[], runId = 'RUN'): Judgement => {
  const counted = entries.map((entry) => ({ entry, verdict: countedVerdict(entry) }));
  const verdict = worstOf(counted);
  const decisive = counted
    .filter((one) => one.verdict === verdict)
    .map(({ entry }) => entry)
    .sort((a, b) => rootRank(a, verdict) - rootRank(b, verdict));
  if (decisive.length === 0) return { verdict: 'inconclusive', ...sentenceOf('inconclusive', [], entries, runId) };
  return { verdict, ...sentenceOf(verdict, decisive, entries, runId) };
};

/** A run whose entries are judged, with its own verdict, sentence and next step. */
export const judgeRun = (run: RunResult): RunResult => {
  const entries = countedEntries(run);
  const growth = growthAnswerOf(run);
  return { ...run, ...withCause(gradeRun(entries, run.id), entries), ...(growth === null ? {} : { growth }) };
};
