/** The first finding of a diagnosis as every page, summary and terminal says it. */
import type { Diagnosis, Finding, ScenarioResult } from '../result.ts';

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

/** Which variant it is of, and that it fails on purpose where it does. */
export const variantWords = ({ variant, expected, asExpected }: ScenarioResult): string => {
  const isMeant = expected === 'symptoms' && asExpected === true;
  return isMeant ? `The variant "${variant}" fails, as it is meant to` : `The variant "${variant}"`;
};
