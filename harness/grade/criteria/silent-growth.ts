import { seriesOf, type Labels } from '../../measure/tracks/observations.ts';
import { formatNumber, formatSeconds } from '../../measure/numbers-in-words.ts';
import { outcomeOf } from '../../measure/request-outcome.ts';
import { firstSeenRising, fewestToRise, riseOf, type Rise } from '../../measure/statistics/rising.ts';
import { sumPerSecond, withoutResets, type Samples } from '../../measure/tracks/windows.ts';
import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { afterWarmup } from '../judged-windows.ts';
import { tooFew } from '../unknowns.ts';

/** What a service keeps, and what should come to rest while the load stays as it is. */
interface Stock {
  title: string;
  series: string;
  labels?: Labels;
  /** A counter: its rise as such is the growth. */
  cumulative?: true;
  /** A smaller growth is none that anybody would have to know of. */
  least: number;
}

const mebibytes = 1024 * 1024;
const stocks: readonly Stock[] = [
  { title: 'schedules', series: 'cron_schedules_total', least: 2 },
  { title: "sessions of the service's role", series: 'postgres.sessions', labels: { role: 'app' }, least: 5 },
  { title: 'connections of the app pool', series: 'db.client.connection.count', least: 5 },
  { title: 'waiting tasks', series: 'tasks', labels: { state: 'waiting' }, least: 50 },
  { title: 'timers of waiting tasks', series: 'waiting_timers', least: 50 },
  { title: 'entries of the cache', series: 'cache_entries', least: 50 },
  { title: 'names of prepared statements', series: 'tap.prepared_names', least: 50 },
  { title: 'dead rows', series: 'postgres.tuples.dead', least: 20_000 },
  { title: 'bytes of temporary files', series: 'postgres.temp_bytes', cumulative: true, least: 64 * mebibytes },
  {
    title: 'memory of the service',
    series: 'process.memory_bytes',
    labels: { component: 'service' },
    least: 128 * mebibytes,
  },
];

interface Growth extends Rise {
  title: string;
  series: string;
  namedAtMs: number;
}

const samplesOf = ({ series: name, labels = {}, cumulative }: Stock, input: JudgeInput): Samples => {
  const windows = afterWarmup(input.phases);
  const found = seriesOf(input.observations, name, labels);
  if (cumulative !== true) return sumPerSecond(found, windows);
  const rising = found.map((one) => {
    const { tMs, values } = withoutResets(one);
    return { ...one, tMs: Float64Array.from(tMs), values: Float64Array.from(values) };
  });
  return sumPerSecond(rising, windows);
};

/** A thing that has not become half as much again may only have been filled. */
const leastFactor = 1.5;

const isGreat =
  ({ least }: Stock) =>
  ({ from, to }: Rise): boolean =>
    to - from >= least && to >= leastFactor * from;

const growthOf = (stock: Stock, input: JudgeInput): Growth | null => {
  const { tMs, values } = samplesOf(stock, input);
  const rise = riseOf(values);
  if (rise === null || !isGreat(stock)(rise)) return null;
  const count = firstSeenRising(values, isGreat(stock)) ?? values.length;
  return { ...rise, title: stock.title, series: stock.series, namedAtMs: tMs[count - 1]! };
};

const firstFailureMs = ({ observations }: JudgeInput): number | null => {
  const times = seriesOf(observations, 'http_reqs')
    .filter(({ labels }) => ['error', 'refused'].includes(outcomeOf(labels)))
    .flatMap(({ tMs, values }) => Array.from(tMs).filter((_, index) => values[index]! > 0));
  return times.length === 0 ? null : Math.min(...times);
};

const warning = ({ namedAtMs }: Growth, failedMs: number | null): string => {
  if (failedMs === null) return 'no request has failed yet';
  const aheadMs = failedMs - namedAtMs;
  return aheadMs > 0
    ? `${formatSeconds(aheadMs)} before the first request failed`
    : `${formatSeconds(-aheadMs)} after the first request failed`;
};

const wordsOf = (growth: Growth, startMs: number, failedMs: number | null): string =>
  `${growth.title} (${growth.series}) grew from ${formatNumber(growth.from)} to ${formatNumber(growth.to)}, seen ` +
  `after ${formatSeconds(growth.namedAtMs - startMs)}: ${warning(growth, failedMs)}`;

const grownWords = (grown: readonly Growth[], input: JudgeInput): string => {
  if (grown.length === 0) return 'nothing grows all through';
  const failedMs = firstFailureMs(input);
  const startMs = afterWarmup(input.phases)[0]?.startMs ?? 0;
  return grown.map((growth) => wordsOf(growth, startMs, failedMs)).join('; ');
};

/** What a cache or a pool holds grows in any start, and with any load that grows. */
const notAsked = 'the scenario does not hold its load for so long that what grows all through is a defect';

const measure = (input: JudgeInput): Measurement => {
  if (input.declaration === null) return { state: 'notApplicable', reason: notAsked };
  const counts = stocks.map((stock) => samplesOf(stock, input).values.length);
  const count = Math.max(...counts);
  if (count < fewestToRise) return tooFew(count, fewestToRise, 'seconds in which anything that may grow was sampled');
  const grown = stocks.map((stock) => growthOf(stock, input)).filter((growth) => growth !== null);
  const watched = counts.filter((samples) => samples >= fewestToRise).length;
  return {
    state: 'measured',
    value: grown.length,
    count,
    measuredBy: `trend over the seconds after the warm-up (Mann-Kendall) of ${watched} things that may grow`,
    reason: grownWords(grown, input),
  };
};

export const criterion: Criterion = {
  id: 'silent-growth',
  title: 'Things that grow all through, though the load stays as it is',
  failureTitle: 'Something grows and does not stop',
  source: '004 (the bounds of each: ours)',
  unit: 'things',
  bounds: [{ severity: 'fail', comparator: '<=', value: 0 }],
  demand: 'a thing grows that rises all through, by half of what it was and by an amount of its own at least',
  causeRank: 7.5,
  // Names and least amounts are those of the reference service.
  needs: 'reference-metrics',
  sees: [
    { source: 'service' },
    { source: 'database' },
    { source: 'k6' },
    { source: 'processes', components: () => ['service'] },
  ],
  chart: 'jobs',
  nextStep: 'Look at what adds to it and what should take away: a restart, a request, an error path.',
  measure,
};
