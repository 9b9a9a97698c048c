/** The first finding of a diagnosis as every page, summary and terminal says it. */
import type { Diagnosis, Finding, ScenarioResult } from '../result.ts';
import { shownWords } from './symptom-words.ts';

/** They say that there is no cause, or that it cannot be told. */
const isAnswer = ({ cause }: Finding): boolean => cause !== 'none' && cause !== 'unknown';

/** The kind of `part-restarted` where the service did not come back. */
export const endedForGood = 'ended';

/** The cause, where one was found. */
export const causeOf = (diagnosis: Diagnosis | null | undefined): Finding | null => {
  const first = diagnosis?.findings[0];
  return first !== undefined && isAnswer(first) ? first : null;
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const sentence = (text: string): string => capital(/[.!?]$/.test(text) ? text : `${text}.`);

/** What was found, then its number. */
export const fullWords = ({ sentence: said, number }: Finding): string => `${sentence(said)} ${sentence(number)}`;

/** The cause with its evidence, then the number. */
export const findingWords = (finding: Finding): string =>
  isAnswer(finding) ? fullWords(finding) : sentence(finding.sentence);

/**
 * Said first, whatever they follow from: wrong data is the worst that can be said of an answer, and who ended for good
 * gives none.
 */
const worstOf = ({ findings }: Diagnosis): Finding[] =>
  findings.slice(1).filter(({ cause, kind }) => cause === 'wrong-data' || kind === endedForGood);

/** Null where no cause was found. */
export const causeWords = ({ diagnosis }: Pick<ScenarioResult, 'diagnosis'>): string | null => {
  const cause = causeOf(diagnosis);
  if (cause === null || diagnosis == null) return null;
  const worst = worstOf(diagnosis);
  const said = worst.map((one) => sentence(one.sentence)).join(' ');
  return worst.length === 0 ? findingWords(cause) : `${said} The cause: ${findingWords(cause)}`;
};

export const remedyWords = ({ remedy }: Finding): string => sentence(remedy.sentence);

/** It shows a failure on purpose, and did. */
export const failsOnPurpose = ({ expected, asExpected }: ScenarioResult): boolean =>
  expected === 'symptoms' && asExpected === true;

/** Which variant it is of, and that it fails on purpose where it does. */
export const variantWords = (entry: ScenarioResult): string =>
  failsOnPurpose(entry) ? `The variant "${entry.variant}" fails, as it is meant to` : `The variant "${entry.variant}"`;

/** What a variant that meets its criteria has as well is not why another fails. */
const isShared = ({ cause }: Finding, { name, repeat }: ScenarioResult, entries: readonly ScenarioResult[]): boolean =>
  entries
    .filter((one) => one.name === name && one.repeat === repeat && one.expected === 'pass' && one.asExpected === true)
    .some(({ diagnosis }) => causeOf(diagnosis)?.cause === cause);

/**
 * Why an entry failed on purpose: its cause, where that parts it from the variants that pass (`entries`: of the run),
 * and the symptoms that it shows. Alone, its symptoms are told by what the run came to.
 */
export const purposeWords = (entry: ScenarioResult, entries: readonly ScenarioResult[]): string => {
  const cause = causeOf(entry.diagnosis);
  const words = cause === null || isShared(cause, entry, entries) ? null : causeWords(entry);
  return [words, entries.length === 1 ? null : shownWords(entry)].filter((one) => one !== null).join(' ');
};
