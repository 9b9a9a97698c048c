/** All saved runs as one page: trends, where they changed and with which run, the criteria's bounds, labels of releases. */
import { formatChange, formatP, formatValue, plural } from '../../measure/numbers-in-words.ts';
import { html, slug } from '../../report/html.ts';
import type { Html } from '../../report/html.ts';
import { pageOf } from '../../report/pages/page.ts';
import { bannerOf } from '../../report/sections/banner.ts';
import { sectionOf, tableFrom } from '../../report/sections/table.ts';
import type { History } from '../history.ts';
import { pairName } from '../entries.ts';
import { recentRuns, type Trend } from '../trend.ts';
import { gatedMetrics } from '../metrics.ts';

import { changeBadge } from './change-badge.ts';
import { hiddenBoundsText, trendChart } from './trend-chart.ts';

const words: Record<History['verdict'], string> = {
  regression: 'Regression',
  improvement: 'Improvement',
  same: 'No change',
  notEnoughData: 'Not enough data',
};
const colours = { regression: 'fail', improvement: 'pass', same: 'pass', notEnoughData: 'inconclusive' } as const;

/** Each costs 80 ms and 20 kB; trends that changed come first. */
const mostCharts = 40;

const changeRows = ({ trends }: History): (Html | string)[][] =>
  trends
    .flatMap((trend) => trend.changes.map((change) => ({ trend, change })))
    .sort(
      (a, b) => b.change.startedAt.localeCompare(a.change.startedAt) || Number(b.change.gates) - Number(a.change.gates),
    )
    .map(({ trend, change }) => [
      change.run,
      change.startedAt.slice(0, 10),
      change.commit?.slice(0, 12) ?? '–',
      `${pairName(trend)}: ${trend.title}`,
      `${formatValue(change.before, trend.unit)} → ${formatValue(change.after, trend.unit)}`,
      formatChange(change.relative),
      formatP(change.p),
      html`${change.verdict === 'change' ? 'change' : changeBadge(change.verdict)}<span class="how">${[change.recent ? 'new' : '', change.gates ? 'gates' : 'for information'].filter((word) => word !== '').join(', ')}</span>`,
    ]);

const notesOf = ({ notes }: History): Html | null =>
  notes.length === 0 ? null : html`<ul class="soft">${notes.map((note) => html`<li>${note}</li>`)}</ul>`;

const changesSection = (history: History): Html | null => {
  const rows = changeRows(history);
  return sectionOf(
    'changes',
    'Changes',
    rows.length === 0
      ? html`<p>None found.</p>`
      : tableFrom({
          caption: `Newest first; the run named is the first after the change. One that gates decides the exit code while it is new: for ${recentRuns} runs from the one that first showed it`,
          columns: [
            { title: 'First run after' },
            { title: 'Date' },
            { title: 'Commit' },
            { title: 'Figure' },
            { title: 'Mean before and after', number: true },
            { title: 'Change', number: true },
            { title: 'p', number: true },
            { title: 'Verdict' },
          ],
          rows,
        }),
  );
};

/** The lower, the earlier on the page. */
const rank = ({ changes, gated }: Trend): number => {
  if (changes.some(({ recent, gates }) => recent && gates)) return 0;
  if (changes.some(({ recent }) => recent)) return 1;
  if (gated) return 2;
  return changes.length > 0 ? 3 : 4;
};

const trendFigure = async (trend: Trend, history: History): Promise<Html> => {
  const id = slug(`trend-${trend.scenario}-${trend.variant}-${trend.metric}`);
  const last = trend.points.at(-1)?.value ?? null;
  const bounds = hiddenBoundsText(trend);
  const noise = trend.noise === null ? '' : ` · own noise ${formatChange(trend.noise).slice(1)}`;
  return html`<section class="chart" id="${id}"><header><h3>${trend.title} <span class="unit">${trend.unit === '1' ? '' : trend.unit}</span></h3><p class="soft">${pairName(trend)} · latest ${formatValue(last, trend.unit)}${noise}${bounds === '' ? '' : ` · ${bounds}`}${trend.silent ? ' · fewer than 10 runs: no changes looked for' : ''}</p></header>
<div class="canvas">${await trendChart(trend, history.runs, id)}</div></section>`;
};

const trendsSection = async (history: History): Promise<Html | null> => {
  const drawn = history.trends
    .filter(({ points }) => points.length > 1)
    .toSorted((a, b) => rank(a) - rank(b))
    .slice(0, mostCharts);
  const figures: Html[] = [];
  for (const trend of drawn) figures.push(await trendFigure(trend, history));
  const left = history.trends.length - drawn.length;
  return sectionOf(
    'trends',
    'Trends',
    figures.length === 0
      ? html`<p>Two like runs are the least that make a trend.</p>`
      : html`<p class="lead">A dot is a run, the thick line the mean between changes, the dashed line a change, the thin red line a criterion’s bound where it is near. The axis does not begin at 0. Figures with news first.${left > 0 ? ` ${left} more are in the JSON.` : ''}</p>`,
    ...figures,
  );
};

const runsSection = (history: History): Html | null =>
  sectionOf(
    'runs',
    'Runs',
    tableFrom({
      caption: 'Newest first',
      columns: [
        { title: 'Run' },
        { title: 'Label' },
        { title: 'Started (UTC)' },
        { title: 'Commit' },
        { title: 'Verdict' },
      ],
      rows: history.runs
        .toReversed()
        .map(({ id, label, startedAt, commit, verdict }) => [
          id,
          label ?? '–',
          startedAt.slice(0, 16).replace('T', ' '),
          commit?.slice(0, 12) ?? '–',
          verdict,
        ]),
    }),
    history.leftOut.length === 0
      ? null
      : tableFrom({
          caption: 'Left out, since they are not like the runs of the trends',
          columns: [{ title: 'Run' }, { title: 'Why' }],
          rows: history.leftOut.map(({ name, reason }) => [name, reason]),
        }),
  );

/** One self-contained file. */
export const historyPage = async (history: History): Promise<string> =>
  pageOf({
    title: `History: ${words[history.verdict]} · pgsurge`,
    back: null,
    contents: [
      ['changes', 'Changes'],
      ['trends', 'Trends'],
      ['runs', 'Runs'],
    ],
    banner: bannerOf({
      kicker: 'All saved runs',
      title: plural(history.runs.length, 'run'),
      verdict: colours[history.verdict],
      word: words[history.verdict],
      sentence: history.sentence,
      nextStep: null,
      grade: null,
      gradeRule: null,
      tally: `${plural(history.trends.length, 'trend')}, ${plural(
        history.trends.reduce((total, { changes }) => total + changes.length, 0),
        'change',
      )} in all`,
    }),
    body: [notesOf(history), changesSection(history), await trendsSection(history), runsSection(history)],
    footer: `pgsurge history, schema ${history.schema}. Change points: windowed e-divisive with a t test, p 0.001, window 50, at least 3 runs a stretch and 5 % of change, silent below 10 runs. Gates: ${gatedMetrics.map(({ title }) => title).join(', ')}, with one p shared by all of them and the smallest changes that pgsurge compare knows.`,
  });
