/** Sessions wait for the disk. */
import { formatRoughShare } from '../../measure/numbers-in-words.ts';
import type { Cause, Sighting } from '../cause.ts';
import { isHarmed, sampled, waitsAnywhere } from '../say.ts';
import type { Seen } from '../seen/seen.ts';

/** Of the sessions at work. */
const mostly = 0.4;
const fewestAtWork = 1;

const remedy: Sighting['remedy'] = {
  sentence:
    'See what is read or written (pg_stat_io, EXPLAIN (ANALYZE, BUFFERS)): an index ' +
    'that is missing, shared_buffers ' +
    'smaller than what is in use, checkpoints that come too often. Pool sizes have no effect',
  config: {
    of: 'postgresql.conf',
    lines: "max_wal_size = '8GB'\ncheckpoint_completion_target = 0.9\ntrack_io_timing = on",
  },
};

const look = (seen: Seen): Sighting | null => {
  if (seen.errors.count('disk') > 0) return full(seen);
  if (!isHarmed(seen) && !waitsAnywhere(seen)) return null;
  const waiting = seen.sessions.waiting('IO');
  const { active } = seen.sessions;
  if (active.mean < fewestAtWork || waiting.mean < mostly * active.mean) return null;
  return {
    sentence:
      `Sessions wait for the disk: ${formatRoughShare(waiting.mean / active.mean)} of those at work, up to ` +
      `${waiting.peak} at once`,
    number: `${waiting.seconds.toFixed(0)} s waited for reads and writes by all sessions together`,
    evidence: [sampled(waiting, `${waiting.peak} sessions wait for reads or writes`, 'pg_stat_activity')],
    remedy,
    harm: { secondsWaited: waiting.seconds },
  };
};

const full = (seen: Seen): Sighting => ({
  kind: 'disk-full',
  sentence: `The database's disk is full: ${seen.errors.count('disk')} statements failed for want of space`,
  number: `${seen.errors.count('disk')} statements`,
  evidence: seen.errors.evidence('disk'),
  remedy: { sentence: 'Free space, and look for a replication slot that keeps WAL (pg_replication_slots)' },
  harm: { failed: seen.errors.count('disk') },
});

export const cause: Cause = {
  id: 'database-io',
  title: "The database's disk",
  rank: 41,
  needs: 'waits of sessions (pg_stat_activity)',
  explains: ['app-pool', 'pooler-pool', 'closed-loop-stall', 'retry-storm'],
  falseFriends: ['A larger pool: the disk has one queue'],
  look,
};
