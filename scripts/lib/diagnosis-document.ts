/** docs/diagnosis.md as text: the causes, the confusion matrix, and each answer that was not the declared one. */
import type { Cause } from '../../harness/diagnose/cause.ts';
import { formatCountOf, formatShare } from '../../harness/measure/numbers-in-words.ts';
import type { Finding } from '../../harness/result.ts';
import type { DiagnosisDeclaration } from '../../scenarios/lib/causes.ts';
import { changedLabels } from './diagnosis-labels.ts';

export interface Diagnosed {
  entry: string;
  run: string;
  group: string;
  label: DiagnosisDeclaration;
  findings: readonly Finding[];
}

const firstOf = ({ findings }: Diagnosed): string => findings[0]?.cause ?? 'unknown';

/** A consequence may be named as one; as a cause of its own it may not. */
const forbiddenIn = ({ label, findings }: Diagnosed): string[] =>
  findings
    .filter(
      ({ consequenceOf, cause }) => consequenceOf === null && label.notCauses?.some((one) => one === cause) === true,
    )
    .map(({ cause }) => cause);

const isRight = (one: Diagnosed): boolean => firstOf(one) === one.label.cause && forbiddenIn(one).length === 0;

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

const causeRows = (causes: readonly Cause[]): string[] => [
  row(['cause', 'what it is', 'what it needs to have seen', 'what follows from it']),
  row(['---', '---', '---', '---']),
  ...causes.map(({ id, title, needs, explains }) =>
    row([`\`${id}\``, title, needs, explains.map((one) => `\`${one}\``).join(', ')]),
  ),
];

/** Declared × named, with the names of all that were declared and named. */
const matrixRows = (all: readonly Diagnosed[]): string[] => {
  const labels = [...new Set(all.map(({ label }) => label.cause as string))].toSorted();
  const named = [...new Set(all.map(firstOf))].toSorted();
  return [
    row(['declared ↓ named →', ...named.map((one) => `\`${one}\``)]),
    row(['---', ...named.map(() => '---:')]),
    ...labels.map((label) => {
      const of = all.filter((one) => one.label.cause === label);
      const counts = named.map((name) => of.filter((one) => firstOf(one) === name).length);
      return row([`\`${label}\``, ...counts.map((count) => (count === 0 ? '' : count))]);
    }),
  ];
};

const wrongRows = (all: readonly Diagnosed[]): string[] => [
  row(['entry', 'run', 'declared', 'named, in order', 'first sentence']),
  row(['---', '---', '---', '---', '---']),
  ...all
    .filter((one) => !isRight(one))
    .map((one) => {
      const named = one.findings
        .map(({ cause, consequenceOf }) => (consequenceOf === null ? cause : `> ${cause}`))
        .join(' ');
      const forbidden = forbiddenIn(one);
      const not = forbidden.length === 0 ? '' : ` (not: ${forbidden.join(', ')})`;
      const sentence = (one.findings[0]?.sentence ?? '').replaceAll('|', '/').slice(0, 220);
      return row([one.entry, one.run, `${one.label.cause}${not}`, named, sentence]);
    }),
];

const changedRows: readonly string[] = [
  row(['entries', 'before', 'now', 'why']),
  row(['---', '---', '---', '---']),
  ...changedLabels.map(({ entries, from, to, reason }) => row([entries.join(', '), from, to.cause, reason])),
];

const summary = (all: readonly Diagnosed[]): string[] => {
  const right = all.filter(isRight).length;
  const healthy = all.filter(({ label }) => label.cause === 'none');
  const wrongNames = healthy.filter((one) => !['none', 'unknown'].includes(firstOf(one))).length;
  const broken = all.filter(({ label }) => label.cause !== 'none');
  const rightBroken = broken.filter(isRight).length;
  return [
    `Right cause first, and none that the label forbids: ${formatCountOf(right, all.length)} entries ` +
      `(${formatShare(right / Math.max(1, all.length))}).`,
    `Of those in which something is wrong: ` +
      `${formatCountOf(rightBroken, broken.length)}. A cause named in a healthy run: ` +
      `${formatCountOf(wrongNames, healthy.length)}.`,
  ];
};

const unlikeWords = (unlike: readonly string[]): string[] =>
  unlike.length === 0
    ? []
    : [
        '',
        `No trial, since the run did not show what its variant declares (its own verdict): ` +
          `${[...new Set(unlike)].toSorted().join(', ')}.`,
      ];

export const documentOf = (all: readonly Diagnosed[], causes: readonly Cause[], unlike: readonly string[]): string =>
  [
    '# The diagnosis',
    '',
    'The first sentence of a page is the cause of what went wrong, then a number, then ' +
      'what to change. Each cause is a file',
    'of `harness/diagnose/causes/`; the engine (`harness/diagnose/diagnose.ts`) asks ' +
      'them all and puts what they found in',
    'order, cause before consequence, the larger harm first. `pgsurge diagnose RUN` does so with any saved run.',
    '',
    'Under a criterion that failed, or that nobody knows of, no finding says that nothing is wrong: ' +
      '`none` then says that',
    'nothing seen limits the connections, what failed all the same, and what that criterion advises. A ' +
      'cause by which a',
    'criterion fails (`connection-leak` by `connections-return`) comes first where no other failed, ' +
      'before a fault that was',
    'meant.',
    '',
    '## Causes',
    '',
    ...causeRows(causes),
    '',
    '## How often it is right',
    '',
    'Written by `node scripts/diagnosis-matrix.ts --write RUN …` from saved runs. Blind: of an entry it sees k6, the',
    "database, the pooler's console, taps and logs; nothing of the service's own metrics, of processes, or of what the",
    'harness did on purpose. The labels are those that the scenarios declare for each variant (`diagnosis`), and for a',
    'fault, or a mutation of the selftest, what it is to connections (`scripts/lib/diagnosis-labels.ts`).',
    '',
    ...summary(all),
    ...unlikeWords(unlike),
    '',
    ...matrixRows(all),
    '',
    '### Answers that are not the declared one',
    '',
    ...wrongRows(all),
    '',
    '### Labels that were changed',
    '',
    'A variant that is to show symptoms declares no `none` (`harness/profile/incident-rules.ts`): its scenario keeps',
    '`unknown` where what it shows is in no source that a stranger has, and counts here as this table says.',
    '',
    ...changedRows,
    '',
  ].join('\n');
