import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { alertBound } from '../alert-bounds.ts';
import {
  highestHeld,
  lastTimeOf,
  sumPerSecond,
  fewestSamples,
  type Held,
  type Samples,
  type Window,
} from '../../measure/tracks/windows.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { loadedWindows, windowWords } from '../judged-windows.ts';
import { noLoad, notSeen, tooFew } from '../unknowns.ts';
import { holds } from '../../measure/bounds.ts';
import { hiddenHolds, hidesHolds, seenByTap, tappedPools, unreadWords, type TappedPool } from '../tapped-pools.ts';
import { formatSeconds } from '../../measure/numbers-in-words.ts';

const poolOf = (labels: Readonly<Record<string, string>>): string =>
  `${labels['service.instance'] ?? ''} ${labels['db.client.connection.pool.name'] ?? ''}`;

type Measured = Extract<Measurement, { state: 'measured' }>;

interface PoolHeld {
  pool: string;
  held: Held;
}

/** The share of its app pool that one replica has in use, second by second (%). */
const shareOf = (input: JudgeInput, pool: string, windows: readonly Window[]): Samples => {
  const used = seriesOf(input.observations, 'db.client.connection.count', { state: 'used' }).filter(
    ({ labels }) => poolOf(labels) === pool,
  );
  const most = seriesOf(input.observations, 'db.client.connection.max')
    .filter(({ labels }) => poolOf(labels) === pool)
    .flatMap(({ values }) => Array.from(values))
    .at(-1);
  const points = sumPerSecond(used, windows);
  return most === undefined || most <= 0
    ? { tMs: [], values: [] }
    : { tMs: points.tMs, values: points.values.map((value) => (100 * value) / most) };
};

/** The app pool that was fullest for longest; null where none has samples enough. */
const fullestPool = (input: JudgeInput, pools: readonly string[], windows: readonly Window[]): PoolHeld | null => {
  const held = pools
    .map((pool) => ({ pool, held: highestHeld(shareOf(input, pool, windows)) }))
    .filter((one): one is PoolHeld => one.held !== null);
  return held.sort((a, b) => b.held.value - a.held.value)[0] ?? null;
};

const shareInUse = ({ used, size }: TappedPool): Samples => ({
  tMs: used.tMs,
  values: used.values.map((connections) => (100 * connections) / size),
});

const measuredOf = ({ pool, held }: PoolHeld): Pick<Measured, 'value' | 'count' | 'reason' | 'evidence'> => {
  const { value, fromMs, untilMs, count } = held;
  const text = `${value.toFixed(0)} % in use`;
  const stretch = `from ${formatSeconds(fromMs)} to ${formatSeconds(untilMs)}`;
  return {
    value,
    count,
    reason: `app pool of replica ${pool.trim()}: ${text} ${stretch}`,
    evidence: [{ atMs: fromMs, untilMs, text, source: 'db.client.connection.count' }],
  };
};

const measure = (input: JudgeInput): Measurement => {
  const windows = loadedWindows(input.phases);
  if (windows.length === 0) return noLoad;
  const used = seriesOf(input.observations, 'db.client.connection.count', { state: 'used' });
  if (lastTimeOf(used) === null || seriesOf(input.observations, 'db.client.connection.max').length === 0)
    return notSeen('counts of the app pool');
  const pools = [...new Set(used.map(({ labels }) => poolOf(labels)))];
  const fullest = fullestPool(input, pools, windows);
  if (fullest === null) return tooFew(0, fewestSamples, 'samples in a row');
  const inARow = `${fullest.held.inARow} samples of 1 s in a row`;
  const measuredBy = `highest share held for ${inARow}, of ${pools.length} app pools, ${windowWords(windows)}`;
  return { state: 'measured', ...measuredOf(fullest), measuredBy };
};

interface TappedHeld {
  pool: TappedPool;
  held: Held;
}

const fullestTapped = (pools: readonly TappedPool[]): TappedHeld | undefined =>
  pools
    .map((pool) => ({ pool, held: highestHeld(shareInUse(pool)) }))
    .filter((one): one is TappedHeld => one.held !== null)
    .sort((a, b) => b.held.value - a.held.value)[0];

const tappedUse = ({ pool, held }: TappedHeld, windows: readonly Window[]): Extract<Measurement, { value: number }> => {
  const text = `${held.value.toFixed(0)} % of ${pool.size} in use`;
  return {
    state: 'measured',
    value: held.value,
    count: held.count,
    measuredBy:
      `highest share of the connections that were open at most, held for ${held.inARow} samples of 1 s in a row, ` +
      `${seenByTap}, ${windowWords(windows)}`,
    reason: `${pool.name}: ${text} from ${formatSeconds(held.fromMs)} to ${formatSeconds(held.untilMs)}`,
    evidence: [{ atMs: held.fromMs, untilMs: held.untilMs, text, source: 'tap.state_seconds' }],
  };
};

/** The tap knows no limit: what is below the bound of all that were ever open is below that of the limit, too. */
const measureByTap = (input: JudgeInput): Measurement => {
  const windows = loadedWindows(input.phases);
  if (windows.length === 0) return noLoad;
  // Those that were read may be all in use and the others idle, or the other way round.
  const unread = unreadWords(input, windows);
  if (unread !== null) return { state: 'notApplicable', reason: unread };
  const pools = tappedPools(input, windows);
  if (pools.length === 0) return { state: 'notApplicable', reason: 'the tap saw no pool of two connections or more' };
  const fullest = fullestTapped(pools);
  if (fullest === undefined) return tooFew(0, fewestSamples, 'samples in a row');
  const use = tappedUse(fullest, windows);
  if (holds(use.value, alertBound('pool-utilisation')) && hidesHolds(pools))
    return { state: 'notApplicable', reason: `${use.reason}; ${hiddenHolds}` };
  return { ...use, reason: `${use.reason}; a limit above ${fullest.pool.size} would not be seen` };
};

export const criterion: Criterion = {
  id: 'pool-utilisation',
  title: 'App pool in use, sustained',
  failureTitle: 'The app pool is nearly all in use',
  source: '000, 002',
  unit: '%',
  figureWords: 'of its connections',
  bounds: [alertBound('pool-utilisation')],
  causeRank: 18,
  suitsReferenceOnly: true,
  needs: 'limit-metrics',
  byTap: { sees: [{ source: 'tap', series: ['tap.state_seconds', 'tap.connections'] }], measure: measureByTap },
  sees: [{ source: 'service', series: ['db.client.connection.count'], labels: { state: 'used' } }],
  chart: 'app-pool',
  nextStep:
    'See what the connections do: active sessions mean the database is the limit, idle in transaction ' +
    'means they are held for nothing, idle means they leak.',
  measure,
};
