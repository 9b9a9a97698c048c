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
import { formatSeconds } from '../../measure/numbers-in-words.ts';

const poolOf = (labels: Readonly<Record<string, string>>): string =>
  `${labels['service.instance'] ?? ''} ${labels['db.client.connection.pool.name'] ?? ''}`;

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

const measure = (input: JudgeInput): Measurement => {
  const windows = loadedWindows(input.phases);
  if (windows.length === 0) return noLoad;
  const used = seriesOf(input.observations, 'db.client.connection.count', { state: 'used' });
  if (lastTimeOf(used) === null || seriesOf(input.observations, 'db.client.connection.max').length === 0)
    return notSeen('counts of the app pool');
  const pools = [...new Set(used.map(({ labels }) => poolOf(labels)))];
  const fullest = fullestPool(input, pools, windows);
  if (fullest === null) return tooFew(0, fewestSamples, 'samples in a row');
  const { value, fromMs, untilMs, inARow, count } = fullest.held;
  const text = `${value.toFixed(0)} % in use`;
  const stretch = `from ${formatSeconds(fromMs)} to ${formatSeconds(untilMs)}`;
  return {
    state: 'measured',
    value,
    count,
    measuredBy:
      `highest share held for ${inARow} samples of 1 s in a row, of ${pools.length} app pools, ` + windowWords(windows),
    reason: `app pool of replica ${fullest.pool.trim()}: ${text} ${stretch}`,
    evidence: [{ atMs: fromMs, untilMs, text, source: 'db.client.connection.count' }],
  };
};

export const criterion: Criterion = {
  id: 'pool-utilisation',
  title: 'App pool in use, sustained',
  failureTitle: 'The app pool is nearly all in use',
  source: '000, 002',
  unit: '%',
  bounds: [alertBound('pool-utilisation')],
  causeRank: 18,
  suitsReferenceOnly: true,
  needs: 'limit-metrics',
  sees: [{ source: 'service', series: ['db.client.connection.count'], labels: { state: 'used' } }],
  chart: 'app-pool',
  nextStep:
    'See what the connections do: active sessions mean the database is the limit, idle in transaction ' +
    'means they are held for nothing, idle means they leak.',
  measure,
};
