/** Who waits for a connection of the app pool, and for how long, by each source that shows it. */
import { exportEveryMs } from '../../measure/k6-exports.ts';
import { formatCount, formatCountOf, formatNumber, formatRoughShare, plural } from '../../measure/numbers-in-words.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { failedWords, isHarmed, isSlowThroughout, oftenShare, sampled, seconds } from '../say.ts';
import type { Level } from './levels.ts';
import { isOfTheWay } from './logins.ts';
import { poolStretchOf } from './pool-stretch.ts';
import type { Pools, PoolWait } from './pool-wait.ts';
import type { Seen } from './seen.ts';
import type { Tapped } from './taps.ts';

const poolsOf = ({ observations }: Seen): Pools | undefined => {
  const sizes = new Map<string, number>();
  for (const { labels, values } of seriesOf(observations, 'db.client.connection.max')) {
    const instance = labels['service.instance'] ?? '';
    sizes.set(instance, (sizes.get(instance) ?? 0) + Math.max(0, ...values));
  }
  return sizes.size === 0 ? undefined : { replicas: sizes.size, each: Math.max(...sizes.values()) };
};

/** "4 of 4 connections in use", "36 connections in use" where nobody told the size. */
const inUse = (used: number, pools: Pools | undefined): string => {
  const size = pools === undefined ? 0 : pools.replicas * pools.each;
  return size < used ? `${plural(used, 'connection')} in use` : `${formatCountOf(used, size)} connections in use`;
};

/** How much waiting there is: at any moment, and what it came to for those who asked. */
const waitedWords = (pending: Level, seen: Seen): string => {
  const { failed } = seen.requests;
  const failures = failed > 0 ? `; ${failedWords(failed, seen)} failed` : '';
  return `on the average ${formatNumber(pending.mean)} wait at any moment${failures}`;
};

/** A crowd that comes at one instant and is served soon waits in few of the looks, and is all that there was. */
const mayBeRush = (seen: Seen): boolean => isSlowThroughout(seen) && !isOfTheWay(seen);

const isRush = (pending: Level, seen: Seen): boolean =>
  mayBeRush(seen) && pending.seconds * 1000 >= oftenShare * seen.requests.all * (seen.requests.latencyMsP50 ?? 0);

const byMetrics = (seen: Seen): PoolWait | null => {
  const { levels } = seen;
  const pending: Level = levels.level('db.client.connection.pending_requests');
  if (pending.shareAbove(0) < oftenShare && !isRush(pending, seen)) return null;
  const used = levels.level('db.client.connection.count', { state: 'used' });
  const pools = poolsOf(seen);
  return {
    sentence: `up to ${formatCount(pending.peak)} wait at once, ${inUse(used.peak, pools)}`,
    number: waitedWords(pending, seen),
    evidence: [
      sampled(pending, `${pending.peak} waiting, ${used.peak} in use`, 'db.client.connection.pending_requests'),
    ],
    wanted: used.count === 0 ? null : Math.ceil(used.mean + pending.mean),
    seconds: pending.seconds,
    ...(pools === undefined ? {} : { pools }),
  };
};

/** Nearly always all of it: by the time that connections spent in use, not by looks. */
const fullUse = 0.85;

/** Of holds, those of jobs are the long ones: then the mean tells nothing of what a request uses. */
const typicalTimes = 3;
/** So much longer than that is felt, before anybody calls it slow. */
const feltSeconds = 0.1;

/** What a request uses a connection for, where it takes so much longer that the rest is waiting; else null. */
const holdBeside = ({ holds, seesAll }: Tapped, latency: number, harmed: boolean): string | null => {
  const mean = holds.count === 0 ? 0 : holds.seconds / holds.count;
  if (harmed && latency >= 2 * mean) return `a connection is held for ${seconds(mean)}`;
  const typical = holds.p50 ?? Infinity;
  // Of connections that passed unread some may have been idle.
  if (!seesAll || latency < typicalTimes * typical || latency < typical + feltSeconds) return null;
  return `half of the times that a connection is held are ${seconds(typical)} or less`;
};

/** Of a pool that is used nearly all the time half of the requests may find a connection, and the others wait. */
const usedUp = 0.9;

/** The latency, in words, that tells of waiting, and what a connection is held for beside it. */
const latencyBeside = (tapped: Tapped, seen: Seen): string | null => {
  const { latencyMsP50, latencyMsP95 } = seen.requests;
  const [half, late] = [(latencyMsP50 ?? 0) / 1000, (latencyMsP95 ?? 0) / 1000];
  const hold = holdBeside(tapped, half, isHarmed(seen));
  if (hold !== null) return `${hold}, a request takes ${seconds(half)}`;
  const isUsedUp = tapped.use.usedAverage >= usedUp * tapped.use.size;
  const lateHold = isUsedUp ? holdBeside(tapped, late - feltSeconds, false) : null;
  return lateHold === null ? null : `${lateHold}, one request in twenty takes ${seconds(late)} or longer`;
};

const byTap = (seen: Seen): PoolWait | null => {
  for (const tapped of seen.taps) {
    const { use } = tapped;
    const beside = latencyBeside(tapped, seen);
    if (use.size < 1 || use.usedAverage < fullUse * use.size || beside === null) continue;
    return {
      sentence: `all ${use.size} connections are in use ${formatRoughShare(use.usedAverage / use.size)} of the time`,
      number: `${beside}: the rest is waiting`,
      evidence: [
        { text: `${use.usedAverage.toFixed(1)} of ${use.size} connections in use on the average`, source: 'the tap' },
      ],
      wanted: null,
      seconds: null,
    };
  }
  return null;
};

/** In use in nearly all of the service's connections, for a good part of the time. */
const nearlyAll = 0.9;
const fewestConnections = 3;
/** Between two uses a connection looks idle: over a link, a pool that is all lent out is seen so at most looks. */
const mostly = 0.6;
const mostLooks = 0.5;

/** More requests under way than connections, by so much: the others wait for one, or somewhere before. */
const crowd = 2;

/** By the looks of the second before an answer was told, and of the one in which it waited. */
const isFullThen = ({ samples }: Level, least: number, endMs: number): boolean => {
  const looks = samples.values.filter((_, index) => {
    const at = samples.tMs[index]!;
    return at > endMs - 2 * exportEveryMs && at <= endMs;
  });
  return looks.length > 0 && looks.filter((value) => value > least).length >= mostLooks * looks.length;
};

/** The share of the requests that came as a crowd while so many connections were in use: many more than these. */
const rushOf = (used: Level, size: number, seen: Seen): number => {
  const { all, moments, latencyMsP50 } = seen.requests;
  const then = moments.filter(({ atMs }) => isFullThen(used, mostly * size, atMs));
  const answered = then.reduce((sum, { served, failed }) => sum + served + failed, 0);
  const exports = new Set(then.map(({ atMs }) => Math.round(atMs / exportEveryMs))).size;
  const underWay = (answered / Math.max(1, exports)) * ((latencyMsP50 ?? 0) / exportEveryMs);
  return mayBeRush(seen) && underWay >= crowd * size ? answered / all : 0;
};

/** The service's connections as the database or the pooler counts them: never more than so many, and all in use. */
const byPlateau = (seen: Seen): PoolWait | null => {
  const { sessions, pooler } = seen;
  const isPooled = (pooler?.clients.peak ?? 0) > fewestConnections;
  const size = isPooled ? pooler!.clients.peak : (sessions.owners.find(({ active }) => active > 0)?.peak ?? 0);
  const used = isPooled ? pooler!.serversActive : sessions.inUse;
  const least = nearlyAll * size - 0.01;
  const full = used.shareAbove(least);
  // Behind a pooler it may be its line that they wait in.
  const rush = isPooled ? 0 : rushOf(used, size, seen);
  if (size < fewestConnections || (full < oftenShare && rush < mostly)) return null;
  const connections = `${formatCount(size)} connections of the service are in use`;
  const words =
    full < oftenShare
      ? `most of the ${connections} while ${formatRoughShare(rush)} of the requests are under way`
      : `all ${connections} in ${formatRoughShare(full)} of the looks`;
  return {
    sentence: words,
    number: `${used.mean.toFixed(1)} of ${formatCount(size)} in use on the average`,
    evidence: [sampled(used, words, isPooled ? 'SHOW POOLS' : 'pg_stat_activity')],
    wanted: null,
    seconds: null,
  };
};

const byCrowd = ({ sessions, requests, seconds: length, pooler }: Seen): PoolWait | null => {
  const size = sessions.owners.find(({ active }) => active > 0)?.peak ?? 0;
  const underWay = ((requests.latencyMsP50 ?? 0) / 1000) * (requests.all / Math.max(1, length));
  const inUse = sessions.inUse.shareAbove(mostly * size - 0.01);
  const isPooled = (pooler?.clients.peak ?? 0) > fewestConnections;
  if (isPooled || size < fewestConnections || inUse < mostLooks || underWay < crowd * size) return null;
  const often = formatRoughShare(inUse);
  return {
    sentence:
      `some ${formatCount(underWay)} requests are under way at any time, for ${formatCount(size)} connections, ` +
      `most of which are in use in ${often} of the looks`,
    number: `${sessions.inUse.mean.toFixed(1)} of ${formatCount(size)} in use on the average, as the database sees it`,
    evidence: [sampled(sessions.inUse, `${formatCount(sessions.inUse.peak)} in use`, 'pg_stat_activity')],
    wanted: null,
    seconds: null,
  };
};

const byErrors = (seen: Seen): PoolWait | null => {
  const count = seen.errors.count('pool-wait');
  if (count === 0) return null;
  return {
    sentence: `${formatCount(count)} acquisitions gave up`,
    number: `${formatCount(count)} acquisitions that timed out`,
    evidence: seen.errors.evidence('pool-wait'),
    wanted: null,
    seconds: null,
  };
};

/** By the source that knows it best; null where nobody is seen waiting. */
export const poolWaitOf = (seen: Seen): PoolWait | null =>
  byMetrics(seen) ??
  byErrors(seen) ??
  byTap(seen) ??
  (isHarmed(seen) ? (byPlateau(seen) ?? byCrowd(seen)) : null) ??
  poolStretchOf(seen);
