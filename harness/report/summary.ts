/** summary.md: the verdict for a pull request or a CI log, without HTML. */
import { formatMargin, shownVerdict, verdictWords } from './format.ts';
import { decidingBound, formatBound, marginOf } from '../measure/bounds.ts';
import { formatValue } from '../measure/numbers-in-words.ts';
import { byImportance } from './sections/importance.ts';
import type { RunResult, ScenarioResult, Verdict } from '../result.ts';

const marks: Record<Verdict, string> = { pass: '✔', fail: '✘', warn: '▲', inconclusive: '◆', notApplicable: '–' };

/** One line, no markup of Markdown or HTML alive in it. */
const plainText = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]<>|#]/g, (character) => `\\${character}`)
    .replaceAll('\\<', '&lt;')
    .replaceAll('\\>', '&gt;');

/** Inert within backquotes, also where a renderer would let HTML through. */
const asCode = (text: string): string =>
  text.replace(/\s+/g, ' ').replaceAll('`', '').replaceAll('<', '‹').replaceAll('>', '›');

const row = (cells: string[]): string => `| ${cells.join(' | ')} |`;

const expectation = ({ asExpected }: ScenarioResult): string => {
  if (asExpected === null) return 'unknown';
  return asExpected ? 'yes' : 'no';
};

const scenarioRow = (scenario: ScenarioResult): string =>
  row([
    `${marks[shownVerdict(scenario).verdict]} ${shownVerdict(scenario).word}`,
    plainText(scenario.variant === 'default' ? scenario.name : `${scenario.name} / ${scenario.variant}`) +
      (scenario.repeat > 1 ? ` #${scenario.repeat}` : ''),
    scenario.expected === 'symptoms' ? '–' : (scenario.grade ?? '–'),
    expectation(scenario),
    plainText(scenario.reason),
  ]);

const troubles = (scenario: ScenarioResult): string[] => {
  const bad = byImportance(scenario.criteria).filter(
    ({ verdict }) => verdict === 'fail' || verdict === 'inconclusive' || verdict === 'warn',
  );
  if (bad.length === 0 || scenario.expected === 'symptoms') return [];
  return [
    '',
    `### ${plainText(scenario.name)}${scenario.variant === 'default' ? '' : ` / ${plainText(scenario.variant)}`}`,
    '',
    row(['', 'Criterion', 'Measured', 'Bound', 'Margin', 'Why']),
    row(['---', '---', '---:', '---:', '---:', '---']),
    ...bad.map((criterion) => {
      const bound = decidingBound(criterion);
      return row([
        marks[criterion.verdict],
        plainText(criterion.title),
        formatValue(criterion.value, criterion.unit),
        bound === undefined ? '–' : plainText(formatBound(bound, criterion.unit)),
        formatMargin(marginOf(criterion.value, bound)),
        plainText(criterion.reason),
      ]);
    }),
  ];
};

export const summaryOf = (run: RunResult): string =>
  `${[
    `## ${marks[run.verdict]} pgsurge: ${verdictWords[run.verdict]}`,
    '',
    plainText(run.sentence),
    '',
    ...(run.nextStep === '' ? [] : [`**Next:** ${plainText(run.nextStep)}`, '']),
    row(['Verdict', 'Scenario', 'Grade', 'As expected', 'Why']),
    row(['---', '---', '---', '---', '---']),
    ...run.scenarios.map(scenarioRow),
    ...run.scenarios.flatMap(troubles),
    '',
    `Run ${plainText(run.id)} · profile ${plainText(run.profile.name)} · ${run.stack.provider} stack · commit ${run.git.commit?.slice(0, 10) ?? 'unknown'}${run.git.dirty ? ' with changes' : ''} · again: \`${asCode(run.command)}\``,
  ].join('\n')}\n`;
