/**
 * The first sentence of a run is the cause of what went wrong, where one was found: verdict and criteria come after
 * it.
 */
import {
  causeOf,
  causeWords,
  failsOnPurpose,
  findingWords,
  purposeWords,
  remedyWords,
  variantWords,
} from '../measure/cause-words.ts';
import type { RunResult, ScenarioResult, Verdict } from '../result.ts';
import { areVariants, place } from './run-sentence.ts';

export type Judgement = Pick<RunResult, 'verdict' | 'sentence' | 'nextStep'>;

/**
 * The entry whose cause is told: one that has the run's verdict, then one that was to show symptoms (of one scenario's
 * variants the first, whether its cause was found or not), then any.
 */
const toldEntry = (verdict: Verdict, entries: readonly ScenarioResult[]): ScenarioResult | undefined => {
  const withCauses = entries.filter(({ state, diagnosis }) => state === 'finished' && causeOf(diagnosis) !== null);
  return (
    withCauses.find((entry) => verdict !== 'pass' && entry.verdict === verdict && entry.asExpected !== true) ??
    (areVariants(entries) ? entries.find(failsOnPurpose) : undefined) ??
    withCauses.find(({ expected }) => expected === 'symptoms') ??
    withCauses[0]
  );
};

/** Alone, an entry need not be named; one variant of the scenario is not named by the scenario's title again. */
const placed = (entry: ScenarioResult, entries: readonly ScenarioResult[], words: string): string => {
  if (entries.length === 1) return words;
  if (areVariants(entries)) return `${variantWords(entry)}: ${words}`;
  const repeats = entries.some(({ repeat }) => repeat > 1);
  return `${place(entry, repeats)}: ${words}`;
};

/** What an entry shows on purpose needs no mending; a team's own service does, also where every bound is kept. */
const nextStepOf = (judged: Judgement, entry: ScenarioResult): string => {
  const cause = causeOf(entry.diagnosis);
  const isMeant = entry.group !== 'external' && entry.asExpected === true;
  return cause === null || isMeant ? judged.nextStep : remedyWords(cause);
};

/** A remedy may begin with the same advice. */
const withRemedy = (nextStep: string, remedy: string): string =>
  remedy.startsWith(nextStep) ? remedy : `${nextStep} ${remedy}`;

/** Of a service of the team's own, which asks what limits it: that nothing does, or that it cannot be told. */
const withoutCause = (judged: Judgement, entries: readonly ScenarioResult[]): Judgement => {
  const [first] = entries.filter(({ group, state }) => group === 'external' && state === 'finished');
  const finding = first?.diagnosis?.findings[0];
  if (finding === undefined) return judged;
  if (judged.verdict === 'pass') return { ...judged, sentence: findingWords(finding) };
  const nextStep = finding.cause === 'unknown' ? withRemedy(judged.nextStep, remedyWords(finding)) : judged.nextStep;
  return { ...judged, nextStep, sentence: `${judged.sentence} ${findingWords(finding)}` };
};

export const withCause = (judged: Judgement, entries: readonly ScenarioResult[]): Judgement => {
  const entry = toldEntry(judged.verdict, entries);
  if (entry === undefined) return withoutCause(judged, entries);
  const words = failsOnPurpose(entry) ? purposeWords(entry, entries) : (causeWords(entry) ?? '');
  const sentence = `${placed(entry, entries, words)} ${judged.sentence}`;
  return { ...judged, sentence, nextStep: nextStepOf(judged, entry) };
};
