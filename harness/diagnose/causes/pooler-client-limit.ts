/** The pooler takes no more clients. */
import { formatCount, plural } from '../../measure/numbers-in-words.ts';
import type { Cause, Sighting } from '../cause.ts';
import { failedWords, sampled } from '../say.ts';
import type { Seen } from '../seen/seen.ts';

const refusal = /no more connections allowed|client connections exceeded|max_client_conn/i;
const nearlyAll = 0.97;

/** Lines are kept up to a number, and all are counted: these, where none of them speaks of another wait. */
const refusedOf = ({ errors }: Seen): number => {
  const lines = errors.lines(refusal).length;
  const others = errors.lines(/query_wait_timeout/).length;
  return Math.max(lines, others === 0 ? errors.count('pooler-wait') : errors.countBy('pooler', 'pooler-wait'));
};

const look = (seen: Seen): Sighting | null => {
  const { pooler, requests } = seen;
  const lines = seen.errors.lines(refusal);
  const limit = pooler?.maxClientConn ?? null;
  const peak = pooler?.clients.peak ?? 0;
  const isFull = limit !== null && peak >= limit * nearlyAll && requests.failed > 0;
  if (lines.length === 0 && !isFull) return null;
  const refused = refusedOf(seen);
  return {
    sentence:
      `The pooler takes no more clients: ${formatCount(Math.max(peak, 0))} at once, of max_client_conn ` +
      `${limit === null ? '(not known)' : formatCount(limit)}`,
    number: `${plural(refused, 'client')} turned away; ${failedWords(requests.failed, seen)} failed`,
    evidence: [
      ...(pooler === null ? [] : [sampled(pooler.clients, `${peak} clients`, 'SHOW POOLS')]),
      ...lines
        .slice(0, 2)
        .map(({ atMs, text, component }) => ({ atMs, text: text.slice(0, 200), source: `${component} log` })),
    ],
    remedy: {
      sentence:
        'Raise max_client_conn above replicas × app pool and what else dials the pooler ' +
        '(probes, a deployment of twice ' +
        'the replicas): a client costs it 2 kB. The pool of server connections stays as it is',
      config: { of: 'pgbouncer.ini', lines: `max_client_conn = ${limit === null ? 1000 : limit * 3}` },
    },
    harm: { failed: Math.min(refused, requests.failed) || null },
  };
};

export const cause: Cause = {
  id: 'pooler-client-limit',
  title: "The pooler's client limit",
  rank: 40,
  needs: "the pooler's log or console (SHOW POOLS, max_client_conn), or refusals in the service's log",
  explains: ['connect-failures', 'app-pool', 'retry-storm'],
  falseFriends: ['default_pool_size: server connections are not what ran out', 'max_connections of the database'],
  look,
};
