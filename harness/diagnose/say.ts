/** Words and small questions that several causes share. */
import type { Evidence } from '../result.ts';
import { formatInstant } from '../measure/load-clock.ts';
import { formatCount, formatShare, plural } from '../measure/numbers-in-words.ts';
import type { Level } from './seen/levels.ts';
import type { Seen } from './seen/seen.ts';

export const sampled = (level: Level, text: string, source: string): Evidence => ({
  atMs: level.peakAtMs,
  text,
  source,
});

/** "0.3 s", "12 s", "45 ms". */
export const seconds = (value: number): string => {
  if (value < 1) return `${Math.round(value * 1000)} ms`;
  return `${value < 10 ? value.toFixed(1) : formatCount(value)} s`;
};

/** "7 of 1,601 requests (0.44 %)". */
export const failedWords = (failed: number, { requests }: Seen): string =>
  requests.all === 0
    ? plural(failed, 'failure')
    : `${formatCount(failed)} of ${plural(requests.all, 'request')} (${formatShare(failed / requests.all)})`;

/** Somebody was kept waiting or turned away: then a full pool, or a slow statement, is worth a word. */
export const isHarmed = ({ requests, silence, entry }: Seen): boolean =>
  requests.failed + requests.refused + requests.expectedServerErrors > 0 ||
  (requests.latencyMsP95 ?? 0) >= slowMs ||
  silence !== null ||
  (entry.loadTotals?.droppedIterations ?? 0) > 0;

/** What people call slow, where nobody declared it. */
export const slowMs = 500;

/** Half of the answers are slow, and nobody said that they may be: that is no health, whatever is seen of it. */
export const isSlowThroughout = ({ requests, entry }: Seen): boolean =>
  (requests.latencyMsP50 ?? 0) >= slowMs &&
  !entry.criteria.some(({ id, verdict }) => id === 'api-p95' && verdict === 'pass');

/** A fact that holds in so many samples is how it was; in fewer, it was so for a while. */
export const oftenShare = 0.25;

/** The clients that wait anywhere: at the pooler, and inside the service where it tells. */
export const waitsAnywhere = ({ pooler, levels, errors }: Seen): boolean =>
  (pooler?.waiting.shareAbove(0) ?? 0) >= oftenShare ||
  levels.level('db.client.connection.pending_requests').shareAbove(0) >= oftenShare ||
  errors.count('pool-wait', 'pooler-wait') > 0;

/** Seconds that clients waited for a connection, wherever that was seen. */
export const secondsQueued = ({ pooler, levels }: Seen): number =>
  Math.max(pooler?.waiting.seconds ?? 0, levels.level('db.client.connection.pending_requests').seconds);

/** Of the load's clock, as the charts have it. */
export const at = (ms: number, { entry }: Seen): string => formatInstant(ms, entry.phases);

/** What answers took in a stretch of the run, and in the rest of it. */
export const stretchWords = ({ thenMsP95, otherwiseMsP95 }: { thenMsP95: number; otherwiseMsP95: number }): string =>
  `95 % of the answers took ${seconds(thenMsP95 / 1000)} or less then, and ${seconds(otherwiseMsP95 / 1000)} otherwise`;
