/** The pooler has one core, and it is used up. */
import { formatNumber } from '../../measure/numbers-in-words.ts';
import type { Cause, Sighting } from '../cause.ts';
import { isHarmed } from '../say.ts';
import type { Seen } from '../seen/seen.ts';

const fullShare = 0.9;

const remedy: Sighting['remedy'] = {
  sentence: 'Run several poolers on one port (so_reuseport), or end TLS elsewhere. Its pool size has no effect',
  config: { of: 'pgbouncer.ini', lines: 'so_reuseport = 1   # and start one process a core' },
};

const look = (seen: Seen): Sighting | null => {
  const used = seen.processes.busiestInstance('pooler');
  if (!isHarmed(seen) || used === null || used.busiest < fullShare) return null;
  const words = `the pooler uses ${formatNumber(used.busiest)} of the one core that it can use`;
  return {
    sentence: `The pooler has no core left: ${words}`,
    number: `${formatNumber(used.busiest)} cores in its busiest ten seconds`,
    evidence: [{ text: words, source: 'processes' }],
    remedy,
    harm: {},
  };
};

export const cause: Cause = {
  id: 'pooler-cpu',
  title: "The pooler's one core",
  rank: 35,
  needs: "the pooler's CPU",
  explains: ['pooler-pool', 'app-pool', 'closed-loop-stall'],
  falseFriends: ['A larger pool in it', 'More cores for its host: it uses one'],
  look,
};
