/** The pooler takes no more clients. */
import { formatCount, plural } from '../../measure/numbers-in-words.ts';
import type { Cause, Sighting } from '../cause.ts';
import { failedWords, sampled } from '../say.ts';
import type { Seen } from '../seen/seen.ts';

const refusal = /no more connections allowed|client connections exceeded|max_client_conn/i;
const nearlyAll = 0.97;

interface Refused {
  count: number;
  /** More were counted than there are lines, and some of the lines speak of another wait. */
  isAtLeast: boolean;
}

/** One refusal may stand in the log of the pooler and in that of the service. */
const mostLines = ({ errors }: Seen, pattern: RegExp): number =>
  Math.max(0, ...[...Map.groupBy(errors.lines(pattern), ({ component }) => component).values()].map((of) => of.length));

/** Lines are kept up to a number, and all are counted: by their family, which other waits belong to as well. */
const refusedOf = (seen: Seen): Refused => {
  const { errors } = seen;
  const lines = mostLines(seen, refusal);
  const others = mostLines(seen, /query_wait_timeout/);
  const all = errors.count('pooler-wait');
  if (others === 0) return { count: Math.max(lines, all), isAtLeast: false };
  return { count: lines, isAtLeast: all > lines + others };
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
    number:
      `${refused.isAtLeast ? 'at least ' : ''}${plural(refused.count, 'client')} turned away; ` +
      `${failedWords(requests.failed, seen)} failed`,
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
    harm: { failed: Math.min(refused.count, requests.failed) || null },
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
