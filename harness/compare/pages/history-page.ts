/** All saved runs as one page: trends, where they changed and with which run, the bounds of criteria, labels. */
import { formatChange, formatP, formatValue, plural } from '../../measure/numbers-in-words.ts';
import { html, slug } from '../../report/html.ts';
import type { Html } from '../../report/html.ts';
import { pageOf } from '../../report/pages/page.ts';
import { bannerOf } from '../../report/sections/banner.ts';
import { numbers, sectionOf, tableFrom, tableOfAny, words } from '../../report/sections/table.ts';
import type { Cell } from '../../report/sections/table.ts';
import { pairName } from '../entries.ts';
import type { History } from '../history.ts';
import { gatedMetrics } from '../metrics.ts';
import { recentRuns, type Trend } from '../trend.ts';
import { spanText, growingTrends } from '../growing-words.ts';
import { changeBadge } from './change-badge.ts';
import { growingSection } from './growing-section.ts';
import { hiddenBoundsText } from './trend-axis.ts';
import { trendChart } from './trend-chart.ts';

const verdictWords: Record<History['verdict'], string> = {
  regression: 'Regression',
  growing: 'Something grows',
  improvement: 'Improvement',
  same: 'No change',
  notEnoughData: 'Not enough data',
};
const shapes = {
  regression: 'fail',
  growing: 'warn',
  improvement: 'pass',
  same: 'pass',
  notEnoughData: 'inconclusive',
} as const;

/** Each costs 80 ms and 20 kB; trends that changed come first. */
const mostCharts = 40;

type Change = Trend['changes'][number];

const changeVerdict = ({ verdict, recent, gates }: Change): Html => {
  const notes = [...(recent ? ['new'] : []), gates ? 'gates' : 'for information'];
  return html`${verdict === 'change' ? 'change' : changeBadge(verdict)}<span class="how">${notes.join(', ')}</span>`;
};

const changeRow = (trend: Trend, change: Change): Cell[] => [
  change.run,
  change.startedAt.slice(0, 10),
  change.commit?.slice(0, 12) ?? '–',
  `${pairName(trend)}: ${trend.title}`,
  `${formatValue(change.before, trend.unit)} → ${formatValue(change.after, trend.unit)}`,
  formatChange(change.relative),
  formatP(change.p),
  changeVerdict(change),
];

const newestFirst = (a: Change, b: Change): number =>
  b.startedAt.localeCompare(a.startedAt) || Number(b.gates) - Number(a.gates);

const changeRows = ({ trends }: History): Cell[][] =>
  trends
    .flatMap((trend) => trend.changes.map((change) => ({ trend, change })))
    .sort((a, b) => newestFirst(a.change, b.change))
    .map(({ trend, change }) => changeRow(trend, change));

const notesOf = ({ notes }: History): Html | null =>
  notes.length === 0 ? null : html`<ul class="soft">${notes.map((note) => html`<li>${note}</li>`)}</ul>`;

const changesSection = (history: History): Html | null => {
  const table = tableOfAny({
    caption:
      'Newest first; the run named is the first after the change. One that gates decides the exit code while it is ' +
      `new: for ${recentRuns} runs from the one that first showed it`,
    columns: [
      ...words('First run after', 'Date', 'Commit', 'Figure'),
      ...numbers('Mean before and after', 'Change', 'p'),
      ...words('Verdict'),
    ],
    rows: changeRows(history),
  });
  return sectionOf('changes', 'Changes', table ?? html`<p>None found.</p>`);
};

/** The lower, the earlier on the page. */
const rank = ({ changes, gated, growth }: Trend): number => {
  if (changes.some(({ recent, gates }) => recent && gates)) return 0;
  if (growth !== null) return 0.5;
  if (changes.some(({ recent }) => recent)) return 1;
  if (gated) return 2;
  return changes.length > 0 ? 3 : 4;
};

const remarksOf = (trend: Trend): string => {
  const bounds = hiddenBoundsText(trend);
  return [
    pairName(trend),
    `latest ${formatValue(trend.points.at(-1)?.value ?? null, trend.unit)}`,
    ...growingTrends([trend]).map((growing) => `grows ${spanText(growing)}`),
    ...(trend.noise === null ? [] : [`own noise ${formatChange(trend.noise).slice(1)}`]),
    ...(bounds === '' ? [] : [bounds]),
    ...(trend.silent ? ['fewer than 10 runs: no changes looked for'] : []),
  ].join(' · ');
};

const trendFigure = async (trend: Trend, { runs }: History): Promise<Html> => {
  const id = slug(`trend-${trend.scenario}-${trend.variant}-${trend.metric}`);
  const unit = html`<span class="unit">${trend.unit === '1' ? '' : trend.unit}</span>`;
  return html`<section class="chart" id="${id}">
<header><h3>${trend.title} ${unit}</h3><p class="soft">${remarksOf(trend)}</p></header>
<div class="canvas">${await trendChart(trend, runs, id)}</div>
</section>`;
};

const howToRead =
  'A dot is a run, the thick line the mean between changes or the slope of what grows, the dashed line a change, the ' +
  'thin red line a criterion’s bound where it is near. The axis does not begin at 0. Figures with news first.';

const trendsSection = async (history: History): Promise<Html | null> => {
  const drawn = history.trends
    .filter(({ points }) => points.length > 1)
    .toSorted((a, b) => rank(a) - rank(b))
    .slice(0, mostCharts);
  if (drawn.length === 0)
    return sectionOf('trends', 'Trends', html`<p>Two like runs are the least that make a trend.</p>`);
  const figures: Html[] = [];
  for (const trend of drawn) figures.push(await trendFigure(trend, history));
  const left = history.trends.length - drawn.length;
  const more = left > 0 ? ` ${left} more are in the JSON.` : '';
  return sectionOf('trends', 'Trends', html`<p class="lead">${howToRead}${more}</p>`, ...figures);
};

const runsSection = ({ runs, leftOut }: History): Html | null =>
  sectionOf(
    'runs',
    'Runs',
    tableFrom({
      caption: 'Newest first',
      columns: words('Run', 'Label', 'Started (UTC)', 'Commit', 'Verdict'),
      rows: runs
        .toReversed()
        .map(({ id, label, startedAt, commit, verdict }) => [
          id,
          label ?? '–',
          startedAt.slice(0, 16).replace('T', ' '),
          commit?.slice(0, 12) ?? '–',
          verdict,
        ]),
    }),
    tableOfAny({
      caption: 'Left out, since they are not like the runs of the trends',
      columns: words('Run', 'Why'),
      rows: leftOut.map(({ name, reason }) => [name, reason]),
    }),
  );

const tallyOf = ({ trends }: History): string => {
  const changes = trends.reduce((total, trend) => total + trend.changes.length, 0);
  return `${plural(trends.length, 'trend')}, ${plural(changes, 'change')} in all`;
};

const growingStep =
  'Look at what adds to it and what should take it away: a start, a request, an error path. The commits of the first ' +
  'runs that rose say where to begin.';

const bannerFor = (history: History): Html =>
  bannerOf({
    kicker: 'All saved runs',
    title: plural(history.runs.length, 'run'),
    verdict: shapes[history.verdict],
    word: verdictWords[history.verdict],
    sentence: history.sentence,
    nextStep: history.verdict === 'growing' ? growingStep : null,
    grade: null,
    gradeRule: null,
    tally: tallyOf(history),
  });

const footerOf = ({ schema }: History): string =>
  `pgsurge history, schema ${schema}. Change points: windowed e-divisive with a t test, p 0.001, window 50, at least ` +
  '3 runs a stretch and 5 % of change, silent below 10 runs. ' +
  `Gates: ${gatedMetrics.map(({ title }) => title).join(', ')}, ` +
  'with one p shared by all of them and the smallest changes that pgsurge compare knows. Growth: Mann and Kendall’s ' +
  'test, exact, p 0.001 shared by all that is looked at, with Sen’s slope; it never gates.';

/** One self-contained file. */
export const historyPage = async (history: History): Promise<string> =>
  pageOf({
    title: `History: ${verdictWords[history.verdict]} · pgsurge`,
    back: null,
    contents: [
      ['growing', 'What grows'],
      ['changes', 'Changes'],
      ['trends', 'Trends'],
      ['runs', 'Runs'],
    ],
    banner: bannerFor(history),
    body: [
      notesOf(history),
      growingSection(history),
      changesSection(history),
      await trendsSection(history),
      runsSection(history),
    ],
    footer: footerOf(history),
  });
