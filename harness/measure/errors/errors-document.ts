/** docs/errors.md, made from the tables. */
import { markdownCell } from '../markdown-table.ts';
import { errorFamilies } from './error-families.ts';
import type { ErrorFamily } from './error-family.ts';
import { signatures } from './error-signatures.ts';
import { outcomeWords } from './outcome-words.ts';
import type { Outcome, Signature } from './signature.ts';

const signatureRow = ({ by, example, note, outcome }: Signature, ofFamily: Outcome): string => {
  const said = markdownCell(example.replaceAll('`', "'"));
  const words = `\`${said}\`${note === undefined ? '' : ` ${markdownCell(note)}`}`;
  return `| ${markdownCell(by)} | ${words} | ${outcome ?? ofFamily} |`;
};

const signatureTable = ({ id, outcome }: ErrorFamily): string[] => {
  const rows = signatures.filter(({ family }) => family === id);
  if (rows.length === 0) return [];
  return ['', '| said by | words | outcome |', '|---|---|---|', ...rows.map((row) => signatureRow(row, outcome))];
};

const familySection = (family: ErrorFamily): string[] => [
  '',
  `## ${family.id}: ${family.title}`,
  '',
  `Outcome: **${family.outcome}**. Likely: ${family.causes.join('; ')}.`,
  '',
  `Next step: ${family.nextStep}`,
  ...signatureTable(family),
];

const outcomes = Object.entries(outcomeWords).map(([outcome, words]) => `**${outcome}**: ${words}`);

/** The file, whole: a test holds it to this. */
export const errorsDocument = (): string =>
  [
    '# Errors by family',
    '',
    'Made from `harness/measure/errors/families/` and `signatures/` by ' +
      '`node harness/measure/errors/write-errors-document.ts`; a test holds this file to them. ' +
      '`pgsurge why "<error text>"` asks the same table.',
    '',
    `What an outcome means: ${outcomes.join('; ')}.`,
    '',
    'PgBouncer answers nearly all of its own errors with SQLSTATE 08P01, both for "never ran" and for "may have ' +
      'committed": only the words tell them apart.',
    ...errorFamilies.flatMap(familySection),
    '',
  ].join('\n');
