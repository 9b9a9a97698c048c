/** The service itself has no core left: one event loop has one. */
import type { Evidence } from '../../result.ts';
import { formatNumber } from '../../measure/numbers-in-words.ts';
import type { Cause, Sighting } from '../cause.ts';
import { isHarmed, oftenShare, seconds } from '../say.ts';
import type { Seen } from '../seen/seen.ts';
import { mostInUse, type Tapped } from '../seen/taps.ts';

/** Of its one core, in its busiest ten seconds. */
const fullShare = 0.9;

/** Somebody waits for the database, or for a connection to it: then what the service uses may be no limit. */
const isDatabaseAtWork = ({ sessions, pooler, levels }: Seen): boolean =>
  sessions.active.mean >= 1 ||
  (pooler?.waiting.shareAbove(0) ?? 0) >= oftenShare ||
  levels.level('db.client.connection.pending_requests').shareAbove(0) >= oftenShare;

const byProcesses = (seen: Seen): Evidence[] | null => {
  const used = seen.processes.busiestInstance('service');
  if (used === null || used.busiest < fullShare) return null;
  // Of somebody else's service nobody knows whether one core is all that it can use.
  if (seen.entry.group === 'external' && isDatabaseAtWork(seen)) return null;
  return [
    { text: `one replica uses ${formatNumber(used.busiest)} cores in its busiest ten seconds`, source: 'processes' },
  ];
};

/** Requests take long, and of that time connections are in use for little: it is spent in the service. */
const spentElsewhere = 10;

/** Who waits for something else takes as long, and uses no core. */
const restingCores = 0.5;

const manyLogins = 8;
/** A login takes a few ms; from here on it is felt. */
const slowLogin = 0.25;
const nearlyAll = 0.9;

/** Requests wait for a login, for the pooler, or for the pool that a crowd has lent out: no core is used meanwhile. */
const isQueued = ({ pooler }: Seen, { churn, use, looks }: Tapped): boolean =>
  (churn.stormSize >= manyLogins && (churn.loginSecondsP95 ?? 0) >= slowLogin) ||
  (pooler?.waiting.shareAbove(0) ?? 0) >= oftenShare ||
  (use.size > 1 && mostInUse(looks) >= nearlyAll * use.size);

const byTap = (seen: Seen): Evidence[] | null => {
  const { taps, requests, sessions, processes } = seen;
  const [tapped] = taps;
  if ((processes.of('service')?.busiest ?? Infinity) < restingCores) return null;
  // Connections that passed unread may be the ones that requests waited for.
  if (tapped === undefined || !tapped.seesAll || tapped.holds.count === 0 || requests.served === 0) return null;
  if (isQueued(seen, tapped)) return null;
  const perRequest = tapped.holds.seconds / requests.served;
  const latency = (requests.latencyMsP50 ?? 0) / 1000;
  const isIdle = tapped.use.usedAverage < 0.5 * tapped.use.size;
  if (!isIdle || latency < 0.2 || latency < spentElsewhere * perRequest) return null;
  return [
    {
      text: `a request takes ${seconds(latency)} and uses a connection for ${seconds(perRequest)} of it`,
      source: 'k6 and the tap',
    },
    { text: `${sessions.active.mean.toFixed(1)} sessions at work on the average`, source: 'pg_stat_activity' },
  ];
};

const remedy: Sighting['remedy'] = {
  sentence:
    'Profile the service (node --cpu-prof, py-spy): what keeps its one event loop or ' +
    'core busy goes to a worker, or to ' +
    'more replicas. Pool sizes have no effect',
  config: { of: 'the service', lines: 'node --cpu-prof server.js' },
};

const look = (seen: Seen): Sighting | null => {
  if (!isHarmed(seen)) return null;
  const evidence = byProcesses(seen) ?? byTap(seen);
  if (evidence === null) return null;
  return {
    sentence: `The service is busy itself, not its connections: ${evidence.map(({ text }) => text).join('; ')}`,
    number: evidence[0]!.text,
    evidence,
    remedy,
    harm: {},
  };
};

export const cause: Cause = {
  id: 'service-cpu',
  title: "The service's own CPU",
  rank: 19,
  needs: "the service's CPU, or a tap beside the latency of requests",
  explains: ['held-transactions', 'app-pool', 'pooler-pool', 'closed-loop-stall', 'retry-storm'],
  falseFriends: ['A slow database: it has nothing to do', 'A larger pool'],
  look,
};
