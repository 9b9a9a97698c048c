/** The sentences of an entry's banner. */
import { causeOf, causeWords, failsOnPurpose, remedyWords } from '../../measure/cause-words.ts';
import { plural, formatDuration, formatNumber } from '../../measure/numbers-in-words.ts';
import type { CriterionResult, RunResult, ScenarioResult } from '../../result.ts';
import { byImportance } from '../sections/importance.ts';
import type { PageContext } from './page-context.ts';

const ofCriterion = ({ verdict, title, reason }: CriterionResult, scenario: ScenarioResult): string => {
  if (verdict === 'inconclusive') return `Not known: ${title}: ${reason === '' ? scenario.reason : reason}`;
  return reason === '' ? `${title}: not so. ${scenario.reason}` : reason;
};

/** The sentence that explains the worst of an entry: the failed criterion nearest to the root of the causes. */
const verdictSentence = (scenario: ScenarioResult): string => {
  if (scenario.message) return scenario.message;
  const worst = byImportance(scenario.criteria).find(({ verdict }) =>
    ['fail', 'inconclusive', 'warn'].includes(verdict),
  );
  if (worst !== undefined && scenario.expected !== 'symptoms') return ofCriterion(worst, scenario);
  return `${scenario.asExpected === false ? 'Not as expected: ' : ''}${scenario.reason}`;
};

/** The cause comes first, where one was found. */
const sentenceOf = (scenario: ScenarioResult): string => {
  const cause = causeWords(scenario);
  return cause === null ? verdictSentence(scenario) : `${cause} ${verdictSentence(scenario)}`;
};

/** A variant that shows a failure on purpose needs no mending. */
const remedyOf = (scenario: ScenarioResult): string | null => {
  const cause = failsOnPurpose(scenario) ? null : causeOf(scenario.diagnosis);
  return cause === null ? null : remedyWords(cause);
};

const nextStepOf = (scenario: ScenarioResult): string | null =>
  remedyOf(scenario) ??
  byImportance(scenario.criteria).find(({ verdict, nextStep }) => verdict === 'fail' && nextStep)?.nextStep ??
  null;

export interface BannerWords {
  sentence: string;
  nextStep: string | null;
}

/** A page that stands alone says what is said of the run. */
export const wordsOf = (scenario: ScenarioResult, { run, alone }: PageContext): BannerWords => ({
  sentence: alone ? run.sentence : sentenceOf(scenario),
  nextStep: (alone ? run.nextStep : null) ?? nextStepOf(scenario),
});

const repeatOf = ({ plan }: RunResult, { release, repeat }: ScenarioResult): string[] => [
  ...(release ? [`release ${release}`] : []),
  ...(plan.repeats > 1 ? [`repeat ${repeat} of ${plan.repeats}`] : []),
];

/** Where the users of a phase keep no jobs active, that is part of what was run. */
const writersOf = ({ load, phases }: ScenarioResult): string[] => {
  if (load.users !== 'notes') return [];
  const most = Math.max(0, ...phases.flatMap(({ activeJobs }) => activeJobs));
  return most > 0 ? [`up to ${formatNumber(most)} users that write notes`] : [];
};

/** A script of somebody's own runs as it stands; a row of their matrix is as long as the profile says. */
const isUntouched = ({ load: { script } }: ScenarioResult): boolean => script != null && script.row == null;

/** Of their script what that asks for: it knows no interactive requests of ours. */
const loadOf = ({ load: { script, interactivePerSecond } }: ScenarioResult): string => {
  if (script == null) return `${formatNumber(interactivePerSecond)} interactive requests/s`;
  const users = plural(script.users, 'user');
  return script.perSecond === null ? users : `up to ${formatNumber(script.perSecond)} iterations/s by ${users} at most`;
};

export const kickerOf = (run: RunResult, scenario: ScenarioResult): string => {
  const lengthMs = (scenario.phases.at(-1)?.endMs ?? 0) - (scenario.phases[0]?.startMs ?? 0);
  return [
    run.startedAt.slice(0, 10),
    ...(isUntouched(scenario) ? [] : [`profile ${run.profile.name}`]),
    ...(lengthMs > 0 ? [formatDuration(lengthMs)] : []),
    `${run.stack.provider} stack`,
    ...writersOf(scenario),
    loadOf(scenario),
    ...repeatOf(run, scenario),
  ].join(' · ');
};

/** A note beside the verdict; what was lost stands under "Can the figures be trusted?". */
export const doubtsOf = ({ health }: ScenarioResult): string => {
  const doubts = health.filter(({ ok }) => !ok).length;
  if (doubts === 0) return '';
  return ` · ${plural(doubts, 'doubt')} about the measuring itself: see “Can the figures be trusted?”`;
};
