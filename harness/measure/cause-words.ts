/** The first finding of a diagnosis as every page, summary and terminal says it. */
import type { Diagnosis, Finding, ScenarioResult } from '../result.ts';

/** They say that there is no cause, or that it cannot be told. */
const isAnswer = ({ cause }: Finding): boolean => cause !== 'none' && cause !== 'unknown';

/** The cause, where one was found. */
export const causeOf = (diagnosis: Diagnosis | null | undefined): Finding | null => {
  const first = diagnosis?.findings[0];
  return first !== undefined && isAnswer(first) ? first : null;
};

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** The cause with its evidence, then the number. */
export const findingWords = ({ sentence: said, number, cause }: Finding): string =>
  cause === 'none' || cause === 'unknown' ? sentence(said) : `${sentence(said)} ${sentence(number)}`;

/** Wrong data is said first, whatever it follows from: it is the worst that can be said of an answer. */
const wrongDataIn = ({ findings }: Diagnosis): Finding | null =>
  findings.slice(1).find(({ cause }) => cause === 'wrong-data') ?? null;

/** Null where no cause was found. */
export const causeWords = ({ diagnosis }: Pick<ScenarioResult, 'diagnosis'>): string | null => {
  const cause = causeOf(diagnosis);
  if (cause === null || diagnosis == null) return null;
  const wrong = wrongDataIn(diagnosis);
  return wrong === null ? findingWords(cause) : `${sentence(wrong.sentence)} The cause: ${findingWords(cause)}`;
};

export const remedyWords = ({ remedy }: Finding): string => sentence(remedy.sentence);
