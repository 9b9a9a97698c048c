/** Starts of the service one part after the other, while somebody else served: and what grows with each of them. */
import { seriesOf, type Series } from '../../measure/tracks/observations.ts';
import type { Window } from '../../measure/tracks/windows.ts';
import { slowMs } from '../say.ts';
import { levelOf } from './levels.ts';
import { latencyMsP95In } from './requests.ts';
import type { Seen } from './seen.ts';

export interface Starts extends Window {
  count: number;
}

/** Shorter looks at a session tell of no part that was there. */
const steadyMs = 2000;
const fewestStarts = 5;

/** When sessions of one name, which had been there for a while and had all gone, were there again. */
const comebacks = (members: readonly Series[], { windows }: Seen): number[] => {
  const { tMs, values } = levelOf(members, windows).samples;
  const gone = tMs.filter((at, index) => values[index] === 0 && (values[index - 1] ?? 0) > 0 && at > 0);
  return gone.flatMap((goneMs, index) => {
    const sinceMs = tMs.findLast((at, look) => at < goneMs && values[look]! > 0 && (values[look - 1] ?? 0) === 0);
    const backMs = tMs.find((at, look) => at > goneMs && values[look]! > 0);
    const isBack = backMs !== undefined && backMs <= (gone[index + 1] ?? Infinity);
    return isBack && goneMs - (sinceMs ?? tMs[0]!) >= steadyMs ? [backMs] : [];
  });
};

export const startsOf = (seen: Seen): Starts | null => {
  const named = seriesOf(seen.observations, 'postgres.sessions').filter(({ labels }) => labels['role'] !== '');
  const groups = Map.groupBy(named, ({ labels }) => `${labels['role']} ${labels['application']}`);
  const all = [...groups.values()].flatMap((members) => comebacks(members, seen));
  if (all.length < fewestStarts) return null;
  return { count: all.length, startMs: Math.min(...all), endMs: Math.max(...all) };
};

/** Around a start: what ended before it, and what is opened after. */
const aroundMs = 2000;
const slower = 1.3;

/** Slow while it was started, and not so slow when that was over. */
export const areStartsFelt = ({ startMs, endMs }: Starts, { observations, span }: Seen): boolean => {
  const during = latencyMsP95In(observations, [{ startMs: startMs - aroundMs, endMs: endMs + aroundMs }]);
  const after = latencyMsP95In(observations, [{ startMs: endMs + aroundMs, endMs: span.endMs }]);
  return during !== null && after !== null && during >= slowMs && during >= slower * after;
};

export interface Grown {
  text: string;
  /** Calls a second. */
  first: number;
  last: number;
}

const manyTimes = 4;
const fewestPerSecond = 2;
const fewestCalls = 100;
/** Requests may come so much more often at the end, or less. */
const alike = 0.4;

const requestsIn = ({ requests }: Seen, startMs: number, endMs: number): number =>
  requests.moments
    .filter(({ atMs }) => atMs > startMs && atMs <= endMs)
    .reduce((total, { served, failed }) => total + served + failed, 0);

/** From the first time it was among the most called, and in the last third. */
const rateOf = ({ labels, tMs, values }: Series, { span }: Seen): Grown | null => {
  const third = (span.endMs - span.startMs) / 3;
  const from = tMs.findIndex((at) => at >= span.endMs - third);
  const to = tMs.findLastIndex((at) => at <= span.endMs);
  if (from < 1 || to <= from || tMs[0]! > span.endMs - 2 * third + third / 2) return null;
  const first = values[0]! / Math.max(1, (tMs[0]! - span.startMs) / 1000);
  const last = (values[to]! - values[from]!) / ((tMs[to]! - tMs[from]!) / 1000);
  return values[to]! - values[0]! < fewestCalls ? null : { text: labels['query'] ?? '', first, last };
};

/** A statement that is called ever more often while as many requests come as at first. */
export const grownWith = (seen: Seen): Grown | null => {
  const { observations, span } = seen;
  const third = (span.endMs - span.startMs) / 3;
  const [first, last] = [
    requestsIn(seen, span.startMs, span.startMs + third),
    requestsIn(seen, span.endMs - third, span.endMs),
  ];
  if (first === 0 || Math.abs(last - first) > alike * first) return null;
  const [most] = seriesOf(observations, 'postgres.statement.calls')
    .flatMap((series) => rateOf(series, seen) ?? [])
    .filter((one) => one.last >= fewestPerSecond && one.last >= manyTimes * one.first)
    .toSorted((a, b) => b.last - a.last);
  return most ?? null;
};
