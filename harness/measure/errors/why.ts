import type { ClassifiedError } from './classify.ts';
import { outcomeWords } from './outcome-words.ts';

/** What is known of an error, in words. */
export const renderWhy = ({ family, title, outcome, causes, nextStep, signature }: ClassifiedError): string =>
  [
    `${title}  [${family}]`,
    `  said by      ${signature === null ? 'known by its SQLSTATE only, or not at all' : signature.by}`,
    `  outcome      ${outcome}: ${signature?.outcomeWords ?? outcomeWords[outcome]}`,
    ...(signature?.note === undefined ? [] : [`  note         ${signature.note}`]),
    `  likely       ${causes.join('\n               ')}`,
    `  next step    ${nextStep}`,
    '',
  ].join('\n');
