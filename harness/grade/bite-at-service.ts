/**
 * Whether the service felt a fault. A fault can be in force and touch nobody: idle sessions terminated behind a pooler,
 * a link that nobody uses, slots taken from a warm pool. Then nothing was tested, so the entry may not pass.
 */
import { histogramsOf, seriesOf } from '../measure/tracks/observations.ts';
import type { Evidence, FaultResult } from '../result.ts';
import type { JudgedEntry } from './criterion.ts';
import { errorsInLines } from './errors-by-family.ts';
import { pileOf, type Pile } from './histogram-pile.ts';
import { slowTransactionSeconds } from './recovery.ts';
import { outcomeOf } from '../measure/request-outcome.ts';
import { countAbove } from '../measure/histograms/histogram.ts';

interface Span {
  fromMs: number;
  untilMs: number;
}

/** What a fault causes is still under way when it is mended: answers come late, exports once a second. */
const afterglowMs = 2500;
/** Slower by this much, and twice as slow: more than a busy machine does to a tenth of the requests. */
const slowerByMs = 50;
const fewestRequests = 10;
/** The service exports each second. */
const silenceMs = 2200;

const inside = ({ fromMs, untilMs }: Span, atMs: number): boolean => atMs > fromMs && atMs <= untilMs;

const failedRequests = ({ observations }: JudgedEntry, span: Span): number =>
  seriesOf(observations, 'http_reqs')
    .filter(({ labels }) => outcomeOf(labels) === 'error')
    .reduce(
      (total, { tMs, values }) =>
        total + values.reduce((sum, value, index) => (inside(span, tMs[index]!) ? sum + value : sum), 0),
      0,
    );

const durations = ({ observations }: JudgedEntry, name: string, span: Span): Pile =>
  pileOf(
    histogramsOf(observations, name).flatMap(({ tMs, histograms }) =>
      histograms.filter((_, index) => inside(span, tMs[index]!)),
    ),
  );

const slowTransactions = ({ observations }: JudgedEntry, span: Span): number =>
  histogramsOf(observations, 'pgsurge.transaction.duration').reduce(
    (total, { tMs, histograms }) =>
      total +
      histograms.reduce(
        (sum, histogram, index) =>
          inside(span, tMs[index]!) ? sum + countAbove(histogram, slowTransactionSeconds) : sum,
        0,
      ),
    0,
  );

const errorLines = ({ observations }: JudgedEntry, span: Span): string | null => {
  const [first] = errorsInLines(
    observations,
    ({ component, atMs }) => component === 'service' && inside(span, atMs),
  ).filter(({ family }) => family !== 'other');
  return first === undefined
    ? null
    : `${first.family} in the service's log, ${first.count} times: ${first.example.slice(0, 160)}`;
};

const slower = (entry: JudgedEntry, before: Span, span: Span): string | null => {
  const usual = durations(entry, 'pgsurge_request_duration', before);
  const now = durations(entry, 'pgsurge_request_duration', span);
  const [was, is] = [usual.quantile(0.9), now.quantile(0.9)];
  if (was === null || is === null || usual.count < fewestRequests || now.count < fewestRequests) return null;
  return is > 2 * was && is - was > slowerByMs
    ? `the slowest tenth of requests took over ${is.toFixed(0)} ms, before it ${was.toFixed(0)} ms`
    : null;
};

/** A replica that was killed or frozen says nothing. */
const silentReplica = ({ observations }: JudgedEntry, { fromMs, untilMs }: Span): string | null => {
  const times = new Map<string, number[]>();
  for (const { labels, tMs } of seriesOf(observations, 'db.client.connection.max')) {
    const instance = labels['service.instance'] ?? '';
    times.set(instance, [...(times.get(instance) ?? []), ...tMs]);
  }
  for (const [instance, all] of times) {
    const sorted = [...new Set(all)].sort((a, b) => a - b);
    const gap = sorted.findIndex(
      (atMs, index) =>
        index > 0 && atMs - sorted[index - 1]! > silenceMs && atMs > fromMs && sorted[index - 1]! < untilMs,
    );
    if (gap > 0)
      return `replica ${instance} sent nothing for ${((sorted[gap]! - sorted[gap - 1]!) / 1000).toFixed(1)} s`;
  }
  return null;
};

/**
 * What a fault may show at the service, surest first: each gives words where it was seen in `during` and not in
 * `before`.
 */
const signs: readonly ((entry: JudgedEntry, before: Span, during: Span) => Evidence | null)[] = [
  (entry, before, during) => {
    const failed = failedRequests(entry, during);
    if (failed === 0 || failedRequests(entry, before) > 0) return null;
    return { text: `${failed} requests failed`, source: 'k6' };
  },
  (entry, before, during) => {
    const line = errorLines(entry, during);
    return line === null || errorLines(entry, before) !== null ? null : { text: line, source: 'service log' };
  },
  (entry, before, during) => {
    const slow = slowTransactions(entry, during);
    if (slow === 0 || slowTransactions(entry, before) > 0) return null;
    return { text: `${slow} transactions took over ${slowTransactionSeconds} s`, source: 'service metrics' };
  },
  (entry, before, during) => {
    const late = slower(entry, before, during);
    return late === null ? null : { text: late, source: 'k6' };
  },
  (entry, _before, during) => {
    const silent = silentReplica(entry, during);
    return silent === null ? null : { text: silent, source: 'service metrics' };
  },
];

/** What the service showed of this fault, by itself or to its clients; null if nothing. */
const biteAtService = (
  entry: JudgedEntry,
  { injectedAtMs, revertedAtMs }: Pick<FaultResult, 'injectedAtMs' | 'revertedAtMs'>,
): Evidence | null => {
  if (injectedAtMs === null) return null;
  const startMs = entry.phases.find(({ kind }) => kind !== 'warmup')?.startMs ?? 0;
  const before = { fromMs: startMs, untilMs: injectedAtMs };
  const during = { fromMs: injectedAtMs, untilMs: (revertedAtMs ?? injectedAtMs) + afterglowMs };
  for (const sign of signs) {
    const seen = sign(entry, before, during);
    if (seen !== null) return seen;
  }
  return null;
};

/** The faults with what the service felt: one that only its target shows has bitten in part. */
export const faultsFelt = (entry: JudgedEntry): FaultResult[] =>
  entry.faults.map((fault) => {
    if (fault.biteAtTarget == null) return fault;
    const loadEndMs = entry.phases.at(-1)?.endMs ?? Infinity;
    if ((fault.injectedAtMs ?? 0) >= loadEndMs)
      return { ...fault, bite: 'unknown', message: 'it came after the load had ended' };
    const felt = biteAtService(entry, fault);
    return { ...fault, bite: felt === null ? 'partial' : 'bit', biteAtService: felt };
  });
