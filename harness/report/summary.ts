/** summary.md: the verdict for a pull request or a CI log, without HTML. */
import { expectationWord, formatMargin, letterOf, shownVerdict, verdictWords } from './format.ts';
import { causeWords } from '../measure/cause-words.ts';
import { decidingBound, formatBound, roomOf } from '../measure/bounds.ts';
import { formatValue, plural } from '../measure/numbers-in-words.ts';
import { byImportance } from './sections/importance.ts';
import type { CriterionResult, RunResult, ScenarioResult, Verdict, Waiver } from '../result.ts';

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

/** `5x / fixed`; the variant is left out where there is no other. */
const nameOf = ({ name, variant }: ScenarioResult): string => (variant === 'default' ? name : `${name} / ${variant}`);

const scenarioRow = (scenario: ScenarioResult): string => {
  const { verdict, word } = shownVerdict(scenario);
  const repeat = scenario.repeat > 1 ? ` #${scenario.repeat}` : '';
  return row([
    `${marks[verdict]} ${word}`,
    `${plainText(nameOf(scenario))}${repeat}`,
    letterOf(scenario),
    expectationWord(scenario),
    plainText(causeWords(scenario) ?? scenario.reason),
  ]);
};

const criterionRow = (criterion: CriterionResult): string => {
  const { verdict, title, value, unit, reason } = criterion;
  const bound = decidingBound(criterion);
  return row([
    marks[verdict],
    plainText(title),
    formatValue(value, unit),
    bound === undefined ? '–' : plainText(formatBound(bound, unit)),
    formatMargin(roomOf(criterion)),
    plainText(reason),
  ]);
};

const waiverText = ({ criterion, until, reason }: Waiver): string => `${criterion} until ${until} (${reason})`;

/** The criteria that did not pass; what was to show symptoms may fail them. */
const troubles = (scenario: ScenarioResult): string[] => {
  const bad = byImportance(scenario.criteria).filter(({ verdict }) =>
    ['fail', 'inconclusive', 'warn'].includes(verdict),
  );
  if (bad.length === 0 || scenario.expected === 'symptoms') return [];
  return [
    '',
    `### ${plainText(nameOf(scenario))}`,
    '',
    row(['', 'Criterion', 'Measured', 'Bound', 'Margin', 'Why']),
    row(['---', '---', '---:', '---:', '---:', '---']),
    ...bad.map(criterionRow),
  ];
};

/** `2 failures waived: api-p95 until 2026-12-31 (the index comes with 4.2)`; those that have ended too. */
const waiverLines = ({ scenarios }: RunResult): string[] => {
  const met = scenarios.flatMap(({ criteria }) => criteria.flatMap(({ waiver }) => waiver ?? []));
  const said = (accepted: boolean): string[] =>
    [...new Set(met.filter(({ state }) => (state === 'accepted') === accepted).map(waiverText))].map(plainText);
  const count = met.filter(({ state }) => state === 'accepted').length;
  const [accepted, ended] = [said(true), said(false)];
  return [
    ...(accepted.length === 0 ? [] : [`**${plural(count, 'failure')} waived:** ${accepted.join('; ')}`, '']),
    ...(ended.length === 0 ? [] : [`**No longer waived:** ${ended.join('; ')}`, '']),
  ];
};

/** Since when it is red, and what changed with it: a list of three. */
const sinceLines = ({ since }: RunResult): string[] =>
  since == null || since.length === 0 ? [] : [...since.map((line) => `- ${plainText(line)}`), ''];

const commitOf = ({ commit, dirty }: RunResult['git']): string =>
  `commit ${commit?.slice(0, 10) ?? 'unknown'}${dirty ? ' with changes' : ''}`;

const originOf = ({ id, profile, stack, git, command }: RunResult): string =>
  [
    `Run ${plainText(id)}`,
    `profile ${plainText(profile.name)}`,
    `${stack.provider} stack`,
    commitOf(git),
    `again: \`${asCode(command)}\``,
  ].join(' · ');

export const summaryOf = (run: RunResult): string =>
  [
    `## ${marks[run.verdict]} pgsurge: ${verdictWords[run.verdict]}`,
    '',
    plainText(run.sentence),
    '',
    ...(run.nextStep === '' ? [] : [`**Next:** ${plainText(run.nextStep)}`, '']),
    ...sinceLines(run),
    ...waiverLines(run),
    ...(run.growth == null ? [] : [`**Room to grow:** ${plainText(run.growth.sentence)}`, '']),
    row(['Verdict', 'Scenario', 'Grade', 'As expected', 'Why']),
    row(['---', '---', '---', '---', '---']),
    ...run.scenarios.map(scenarioRow),
    ...run.scenarios.flatMap(troubles),
    '',
    originOf(run),
    '',
  ].join('\n');
