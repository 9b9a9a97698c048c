import { classifyError } from './classify.ts';
import { outcomeWords } from './outcome-words.ts';

/** The answer of `pgsurge why "<text>"`. */
export const renderWhy = (text: string, sqlstate?: string | null): string => {
  const { family, title, outcome, causes, nextStep, signature } = classifyError(text, sqlstate);
  return [
    `${title}  [${family}]`,
    `  said by      ${signature === null ? 'known by its SQLSTATE only, or not at all' : signature.by}`,
    `  outcome      ${outcome}: ${outcomeWords[outcome]}`,
    ...(signature?.note === undefined ? [] : [`  note         ${signature.note}`]),
    `  likely       ${causes.join('\n               ')}`,
    `  next step    ${nextStep}`,
    '',
  ].join('\n');
};
