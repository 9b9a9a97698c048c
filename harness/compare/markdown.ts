/** Comparison and history for a pull request's comment or a CI summary. Whatever comes from a run is escaped. */
import type { Comparison, MetricComparison } from './comparison.ts';
import type { History } from './history.ts';
import { pairName } from './entries.ts';
import { changeText, effectText, intervalText, judgedText, kindText, verdictText } from './words.ts';
import { formatChange, formatCount, formatP, formatValue } from '../measure/numbers-in-words.ts';

/** Data as text: no markup of Markdown or HTML, no mention, one line. */
const plain = (text: string): string =>
  text
    .replaceAll(/[\u0000-\u001f\u007f]/g, ' ')
    .replaceAll(/[\\`*_{}[\]()<>#+!|~&$]/g, (character) => `\\${character}`) // oxlint-disable-line no-control-regex
    .replaceAll('\\<', '&lt;')
    .replaceAll('\\>', '&gt;')
    .replaceAll('\\&', '&amp;')
    .replaceAll('@', '@\u200b');

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const marks: Record<Comparison['verdict'], string> = {
  regression: '🔴',
  improvement: '🟢',
  same: '⚪',
  notEnoughData: '🟡',
  inconclusive: '🟡',
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

const metricsTable = ({ metrics, kind }: Comparison): string => {
  const interleaved = kind === 'interleaved';
  const shown = (interleaved ? metrics.filter(({ gated }) => gated) : metrics).slice(0, mostRows);
  const tested = interleaved || shown.some(({ p }) => p !== null);
  const head = [
    'Scenario',
    'Figure',
    'Base',
    'Head',
    'Difference',
    ...(tested ? ['95 % interval', 'Effect', interleaved ? 'p (Holm)' : 'p, not corrected'] : []),
    ...(interleaved ? ['would have found'] : []),
    'Verdict',
  ];
  return shown.length === 0
    ? ''
    : table(
        head,
        shown.map((metric) => metricCells(metric, tested, interleaved)),
      );
};

const measured = (value: number | null, unit: string): string =>
  value === null ? '' : ` (${plain(formatValue(value, unit))})`;

/** One comment: verdict and sentence, what changed, the figures folded. */
export const comparisonMarkdown = (comparison: Comparison): string => {
  const { base, head, verdict, sentence, nextStep, unlike, criteria, counts } = comparison;
  const raised = counts.filter((count) => count.verdict !== 'same');
  return [
    `### ${marks[verdict]} pgsurge: ${verdictText[verdict]}: ${plain(head.name)} against ${plain(base.name)}`,
    '',
    plain(sentence),
    '',
    `*${plain(nextStep)}*`,
    '',
    ...(unlike.length === 0
      ? []
      : [
          '> ⚠️ These runs are not alike and were compared by force:',
          ...unlike.map((reason) => `> - ${plain(reason)}`),
          '',
        ]),
    ...(criteria.length === 0
      ? []
      : [
          table(
            ['Scenario', 'Criterion', 'Base', 'Head'],
            criteria
              .slice(0, mostRows)
              .map((change) => [
                plain(pairName(change)),
                plain(change.title),
                `${judgedText(change.base.verdict)}${measured(change.base.value, change.unit)}`,
                `**${judgedText(change.head.verdict)}**${measured(change.head.value, change.unit)}`,
              ]),
          ),
          '',
        ]),
    ...(raised.length === 0
      ? []
      : [
          table(
            ['Scenario', 'Exact count', 'Base', 'Head'],
            raised.map((count) => [
              plain(pairName(count)),
              plain(count.title),
              formatCount(count.base),
              formatCount(count.head),
            ]),
          ),
          '',
        ]),
    '<details><summary>Figures</summary>',
    '',
    kindText(comparison),
    '',
    metricsTable(comparison),
    '',
    '</details>',
    '',
  ].join('\n');
};

/** The nightly's note: the sentence and the changes that are news, those that gate first. */
export const historyMarkdown = (history: History): string => {
  const news = history.trends
    .flatMap((trend) => trend.changes.filter(({ recent }) => recent).map((change) => ({ trend, change })))
    .sort((a, b) => Number(b.change.gates) - Number(a.change.gates))
    .slice(0, mostRows)
    .map(({ trend, change }) => [
      plain(pairName(trend)),
      plain(trend.title),
      plain(formatValue(change.before, trend.unit)),
      plain(formatValue(change.after, trend.unit)),
      formatChange(change.relative),
      plain(change.run),
      change.gates ? `**${change.verdict}**` : `${change.verdict}, for information`,
    ]);
  return [
    `### ${marks[history.verdict]} pgsurge history: ${verdictText[history.verdict]}`,
    '',
    plain(history.sentence),
    '',
    ...history.notes.flatMap((note) => [`- ${plain(note)}`]),
    ...(history.notes.length > 0 ? [''] : []),
    ...(news.length === 0
      ? []
      : [table(['Scenario', 'Figure', 'Before', 'After', 'Change', 'First run after', 'Verdict'], news), '']),
  ].join('\n');
};
