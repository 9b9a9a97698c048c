/** The database has no core left. */
import type { Evidence } from '../../result.ts';
import { formatNumber, formatRoughShare } from '../../measure/numbers-in-words.ts';
import type { Cause, Sighting } from '../cause.ts';
import { isHarmed, sampled, waitsAnywhere } from '../say.ts';
import type { Seen } from '../seen/seen.ts';

const fullShare = 0.85;
const idleHost = 0.1;
/** Sessions that want a core for each that there is. */
const crowded = 1.5;

/** At work and waiting for nothing that Postgres knows: they run, or want to. */
const runningOf = ({ sessions }: Seen): number =>
  Math.max(
    0,
    sessions.active.mean -
      ['Lock', 'IO', 'Client', 'LWLock', 'IPC', 'Timeout', 'Extension', 'BufferPin'].reduce(
        (total, type) => total + sessions.waiting(type).mean,
        0,
      ),
  );

const byProcesses = (seen: Seen): Evidence[] | null => {
  const used = seen.processes.of('database');
  const cores = seen.processes.hostCores ?? null;
  if (used === null || cores === null) return null;
  const isFull = used.busiest >= fullShare * cores;
  const isStarved = (used.waitedShare ?? 0) > 1 && used.busiest >= 0.4 * cores;
  if (!isFull && !isStarved) return null;
  return [
    {
      text: `the database uses ${formatNumber(used.busiest)} of ${cores} cores in its busiest ten seconds`,
      source: 'processes',
    },
  ];
};

const byHost = (seen: Seen): Evidence[] | null => {
  const { hostIdle, hostCores } = seen.processes;
  const running = runningOf(seen);
  if (hostIdle === null || hostCores === null || hostIdle > idleHost || running < crowded * hostCores) return null;
  return [
    { text: `${formatRoughShare(hostIdle)} of the host is idle`, source: 'the host' },
    sampled(
      seen.sessions.active,
      `${running.toFixed(1)} sessions run at once on the average, waiting for nothing`,
      'pg_stat_activity',
    ),
  ];
};

const remedy: Sighting['remedy'] = {
  sentence:
    'Find the statements that take the CPU (pg_stat_statements by total_exec_time) ' +
    'and make them cheaper, or give ' +
    'the database more cores. Pool sizes have no effect: more sessions share the same cores',
  config: {
    of: 'psql',
    lines: 'SELECT calls, total_exec_time, query FROM pg_stat_statements ORDER BY 2 DESC LIMIT 5;',
  },
};

const look = (seen: Seen): Sighting | null => {
  if (!isHarmed(seen) && !waitsAnywhere(seen)) return null;
  const evidence = byProcesses(seen) ?? byHost(seen);
  if (evidence === null) return null;
  return {
    sentence: `The database has no core left: ${evidence.map(({ text }) => text).join('; ')}`,
    number: `${runningOf(seen).toFixed(1)} sessions at work at once, ${seen.processes.hostCores} cores`,
    evidence,
    remedy,
    harm: { secondsWaited: seen.sessions.active.seconds },
  };
};

export const cause: Cause = {
  id: 'database-cpu',
  title: "The database's CPU",
  rank: 31,
  needs: "the database's CPU, or the host's with pg_stat_activity",
  explains: ['slow-statements', 'app-pool', 'pooler-pool', 'closed-loop-stall', 'retry-storm', 'login-storm'],
  falseFriends: ['A larger pool: it changes nothing, or makes it worse'],
  look,
};
