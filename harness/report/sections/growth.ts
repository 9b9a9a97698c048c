/** The rows of the matrix as one answer: how far the load may grow, what comes first, and the picture that shows it. */
import { growthPicture, type GrowthMark, type GrowthPanel, type GrowthSeries } from '../charts/growth-picture.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { formatNumber, formatValue } from '../../measure/numbers-in-words.ts';
import type { GrowthAnswer, GrowthLimit, GrowthRow, RunResult, ScenarioResult } from '../../result.ts';
import { numbers, tableFrom, words, type Cell } from './table.ts';

interface PanelPlan {
  title: string;
  unit: string;
  series: readonly (readonly [id: string, title: string, colour: string])[];
}

const plans: readonly PanelPlan[] = [
  { title: 'Interactive requests, p95', unit: 'ms', series: [['api-p95', 'p95', 'blue']] },
  {
    title: 'Waiting for a connection',
    unit: 'ms',
    series: [
      ['app-pool-wait', 'app pool, p95', 'orange'],
      ['pooler-wait', 'pooler, mean', 'purple'],
    ],
  },
  { title: 'App pool: busy connections of one replica', unit: '', series: [['app-pool', 'busy', 'blue']] },
  { title: 'Pooler: busy server connections', unit: '', series: [['pooler', 'busy', 'purple']] },
  { title: 'Sessions against the role limit', unit: '', series: [['sessions', 'sessions', 'teal']] },
  { title: 'Workers with a task', unit: '', series: [['busy-workers', 'busy', 'blue']] },
  {
    title: 'CPU',
    unit: 'cores',
    series: [
      ['cpu-service', 'service', 'blue'],
      ['cpu-database', 'database', 'purple'],
      ['cpu-pooler', 'pooler', 'gold'],
    ],
  },
];

type Row = Pick<ScenarioResult, 'name'> & { growth: GrowthRow };

const rowsOf = ({ scenarios }: Pick<RunResult, 'scenarios'>): Row[] =>
  scenarios.flatMap(({ name, growth, group }) => (group === 'matrix' && growth != null ? [{ name, growth }] : []));

const pointsOf = (rows: readonly Row[], id: string): GrowthSeries['points'] =>
  rows.flatMap(({ growth: { stretches, measures } }) =>
    stretches.flatMap(({ kind, activeJobs }, index) => {
      const value = measures[id]?.values[index] ?? null;
      return value === null ? [] : [{ jobs: activeJobs, value, kind }];
    }),
  );

const panelOf = ({ title, unit, series }: PanelPlan, rows: readonly Row[], { limits }: GrowthAnswer): GrowthPanel => {
  const limitOf = (id: string): GrowthLimit | undefined => limits.find((limit) => limit.id === id);
  const alone = series.length === 1;
  const levels = series.flatMap(([id, name]) => {
    const level = limitOf(id)?.level ?? null;
    const label = alone ? formatNumber(level ?? NaN) : `${name} ${formatNumber(level ?? NaN)}`;
    return level === null ? [] : [{ value: level, label }];
  });
  const drawn = series.map(([id, name, colour]) => ({
    title: name,
    colour,
    points: pointsOf(rows, id),
    line: limitOf(id)?.line ?? null,
  }));
  return { title, unit, series: drawn.filter(({ points }) => points.length > 0), levels };
};

const markOf = ({ limits, first, baseJobs }: GrowthAnswer): GrowthMark | null => {
  const found = limits.find(({ id }) => id === first);
  if (found?.factor == null) return null;
  const inJobs = (factor: number | null): number | null => (factor === null ? null : factor * baseJobs);
  return { jobs: found.factor * baseJobs, low: inJobs(found.low), high: inJobs(found.high) };
};

/** The whole of what was run is shown, and the place at which the first limit is met, with a little behind it. */
const endOf = (rows: readonly Row[], mark: GrowthMark | null): number => {
  const highest = Math.max(...rows.flatMap(({ growth }) => growth.stretches.map(({ activeJobs }) => activeJobs)));
  return 1.08 * Math.max(highest, Math.min(mark?.jobs ?? 0, 4 * highest));
};

const stateWords: Readonly<Record<GrowthLimit['state'], string>> = {
  ahead: 'ahead',
  met: 'met',
  far: 'not in sight',
  unknown: 'cannot tell',
};

const times = (factor: number | null): string => (factor === null ? '–' : `${formatNumber(factor)} ×`);

const rangeOf = ({ low, high, factor }: GrowthLimit): string => {
  if (low === null && high === null) return '–';
  if (factor === null) return `from ${times(low)} on`;
  return `${low === null ? '–' : formatNumber(low)} to ${high === null ? '–' : formatNumber(high)}`;
};

/** The first, then in the order in which they come; what is not known stands last, and is not hidden. */
const orderOf = ({ first, limits }: GrowthAnswer): GrowthLimit[] => {
  const placeOf = ({ id, factor, state }: GrowthLimit): number => {
    if (id === first) return -1;
    return factor ?? (state === 'far' ? 1e9 : 2e9);
  };
  return limits.toSorted((a, b) => placeOf(a) - placeOf(b));
};

const rowOf = (limit: GrowthLimit): Cell[] => {
  const reason = html`<span class="how">${limit.reason}</span>`;
  return [
    html`${limit.title}${reason}`,
    formatValue(limit.level, limit.unit),
    formatValue(limit.limit, limit.unit),
    stateWords[limit.state],
    times(limit.factor),
    rangeOf(limit),
  ];
};

const reads =
  'A point is a stretch of some seconds of a row; a hollow one is of the burst, and no part of a line. Dashed: the ' +
  'line through the rows. Red: the level at which a bound is met; the tinted stretch is where the first of them is, ' +
  'with its interval. A level far above all points is in the table only.';

/** Null where the run has no growth to speak of. */
export const growthSection = async (run: RunResult): Promise<Html | null> => {
  const { growth } = run;
  const rows = rowsOf(run);
  if (growth == null || rows.length === 0) return null;
  const mark = markOf(growth);
  const panels = plans.map((plan) => panelOf(plan, rows, growth)).filter(({ series }) => series.length > 0);
  const picture = await growthPicture(panels, endOf(rows, mark), mark, growth.sentence);
  const table = tableFrom({
    caption: `Where each bound is met, in times the baseline's load (1 × is ${growth.baseJobs} active jobs)`,
    columns: [...words('Bound'), ...numbers('Met at', 'Limit'), ...words('State'), ...numbers('Load', '95 %')],
    rows: orderOf(growth).map(rowOf),
  });
  return html`<section id="growth" aria-labelledby="growth-heading">
<h2 id="growth-heading">Growth</h2>
<p class="reads">${reads} Across: active jobs. Whether the answer holds at that load: ${growth.checked}.</p>
${picture}
${table}
</section>`;
};
