/** Comparison and history for a pull request's comment or a CI summary. Whatever comes from a run is escaped. */
import type { Comparison, CriterionChange, ExactCount, MetricComparison } from './comparison.ts';
import { growingTrends, growthCells, growthHead, type GrowingTrend } from './growing-words.ts';
import { historyVerdictText } from './history-sentence.ts';
import type { History } from './history.ts';
import { pairName } from './entries.ts';
import type { Change, Trend } from './trend.ts';
import { changeText, countedText, effectText, intervalText, judgedText, kindText, verdictText } from './words.ts';
import { formatChange, formatCount, formatP, formatValue } from '../measure/numbers-in-words.ts';

const controlCharacters = /[\u0000-\u001f\u007f]/g; // oxlint-disable-line no-control-regex

/** Data as text: no markup of Markdown or HTML, no mention, one line. */
const plain = (text: string): string =>
  text
    .replaceAll(controlCharacters, ' ')
    .replaceAll(/[\\`*_{}[\]()<>#+!|~&$]/g, (character) => `\\${character}`)
    .replaceAll('\\<', '&lt;')
    .replaceAll('\\>', '&gt;')
    .replaceAll('\\&', '&amp;')
    .replaceAll('@', '@\u200b');

/** A table with the empty line that ends it; nothing where there are no rows. */
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => {
  if (rows.length === 0) return [];
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [...lines, ''];
};

const marks: Record<Comparison['verdict'] | History['verdict'], string> = {
  regression: '🔴',
  improvement: '🟢',
  same: '⚪',
  notEnoughData: '🟡',
  inconclusive: '🟡',
  growing: '🟡',
};

/** A comment that GitHub takes is at most 65,536 characters; nobody reads so much. */
const mostRows = 40;

/** Interval and p, where repeats allow them; what would have been found, where it gates. */
const metricCells = (metric: MetricComparison, tested: boolean, interleaved: boolean): string[] =>
  [
    pairName(metric),
    metric.title,
    formatValue(metric.base.median, metric.unit),
    formatValue(metric.head.median, metric.unit),
    changeText(metric),
    ...(tested
      ? [intervalText(metric), effectText(metric), formatP(interleaved ? (metric.adjustedP ?? metric.p) : metric.p)]
      : []),
    ...(interleaved ? [metric.detectable === null ? '–' : formatChange(metric.detectable)] : []),
    verdictText[metric.verdict],
  ].map(plain);

const metricsHead = (tested: boolean, interleaved: boolean): string[] => [
  'Scenario',
  'Figure',
  'Base',
  'Head',
  'Difference',
  ...(tested ? ['95 % interval', 'Effect', interleaved ? 'p (Holm)' : 'p, not corrected'] : []),
  ...(interleaved ? ['would have found'] : []),
  'Verdict',
];

const metricsTable = ({ metrics, kind }: Comparison): string[] => {
  const interleaved = kind === 'interleaved';
  const shown = (interleaved ? metrics.filter(({ gated }) => gated) : metrics).slice(0, mostRows);
  const tested = interleaved || shown.some(({ p }) => p !== null);
  const rows = shown.map((metric) => metricCells(metric, tested, interleaved));
  return rows.length === 0 ? ['', ''] : table(metricsHead(tested, interleaved), rows);
};

/** A verdict, marked up or not, and what was measured. */
const judgedCell = (verdict: string, value: number | null, unit: string): string =>
  value === null ? verdict : `${verdict} (${plain(formatValue(value, unit))})`;

const criterionCells = (change: CriterionChange): string[] => {
  const { title, unit, base, head } = change;
  return [
    plain(pairName(change)),
    plain(title),
    judgedCell(judgedText(base.verdict), base.value, unit),
    judgedCell(`**${judgedText(head.verdict)}**`, head.value, unit),
  ];
};

const countCells = (count: ExactCount): string[] => [
  plain(pairName(count)),
  plain(count.title),
  countedText(count.base),
  formatCount(count.head),
];

const unlikeLines = (unlike: readonly string[]): string[] => {
  if (unlike.length === 0) return [];
  const reasons = unlike.map((reason) => `> - ${plain(reason)}`);
  return ['> ⚠️ These runs are not alike and were compared by force:', ...reasons, ''];
};

/** One comment: verdict and sentence, what changed, the figures folded. */
export const comparisonMarkdown = (comparison: Comparison): string => {
  const { base, head, verdict, criteria, counts } = comparison;
  const raised = counts.filter((count) => count.verdict !== 'same');
  return [
    `### ${marks[verdict]} pgsurge: ${verdictText[verdict]}: ${plain(head.name)} against ${plain(base.name)}`,
    '',
    plain(comparison.sentence),
    '',
    `*${plain(comparison.nextStep)}*`,
    '',
    ...unlikeLines(comparison.unlike),
    ...table(['Scenario', 'Criterion', 'Base', 'Head'], criteria.slice(0, mostRows).map(criterionCells)),
    ...table(['Scenario', 'Exact count', 'Base', 'Head'], raised.map(countCells)),
    '<details><summary>Figures</summary>',
    '',
    kindText(comparison),
    '',
    ...metricsTable(comparison),
    '</details>',
    '',
  ].join('\n');
};

interface News {
  trend: Trend;
  change: Change;
}

const newsOf = ({ trends }: History): News[] =>
  trends.flatMap((trend) => trend.changes.filter(({ recent }) => recent).map((change) => ({ trend, change })));

const newsCells = ({ trend, change }: News): string[] => [
  plain(pairName(trend)),
  plain(trend.title),
  plain(formatValue(change.before, trend.unit)),
  plain(formatValue(change.after, trend.unit)),
  formatChange(change.relative),
  plain(change.run),
  change.gates ? `**${change.verdict}**` : `${change.verdict}, for information`,
];

const growingCells = (trend: GrowingTrend): string[] =>
  [pairName(trend), trend.title, ...growthCells(trend)].map(plain);

const growingHead = ['Scenario', 'What grows', ...growthHead];

const newsHead = ['Scenario', 'Figure', 'Before', 'After', 'Change', 'First run after', 'Verdict'];

/** The nightly's note: the sentence, what grows, and the changes that are news, those that gate first. */
export const historyMarkdown = (history: History): string => {
  const news = newsOf(history).sort((a, b) => Number(b.change.gates) - Number(a.change.gates));
  const notes = history.notes.map((note) => `- ${plain(note)}`);
  return [
    `### ${marks[history.verdict]} pgsurge history: ${historyVerdictText[history.verdict]}`,
    '',
    plain(history.sentence),
    '',
    ...(notes.length === 0 ? [] : [...notes, '']),
    ...table(growingHead, growingTrends(history.trends).slice(0, mostRows).map(growingCells)),
    ...table(newsHead, news.slice(0, mostRows).map(newsCells)),
  ].join('\n');
};
