/** Slow answers whose time goes by inside the service, or in what it calls, by those who see its connections. */
import { formatNumber, plural } from '../../measure/numbers-in-words.ts';
import { fewestSamples } from '../../measure/tracks/windows.ts';
import type { Seen } from './seen.ts';

/** With more of them in use, some replica may lack one at times. */
const mostInUse = 0.7;
/** Of the time that requests take together. */
const leastOfLatency = 0.2;

interface Use {
  /** Connections of the service, on the average. */
  used: number;
  words: string;
}

/** By who sees the service's connections, where nobody waits for one of them. Null: somebody does, or nobody looked. */
const freeUse = ({ levels, taps }: Seen): Use | null => {
  const pending = levels.level('db.client.connection.pending_requests');
  const used = levels.level('db.client.connection.count', { state: 'used' }).mean;
  if (pending.count >= fewestSamples)
    return pending.peak === 0 ? { used, words: 'nobody waits for a connection of the app pool' } : null;
  const use = taps.find(({ seesAll }) => seesAll)?.use;
  if (use === undefined || use.size === 0 || use.usedAverage >= mostInUse * use.size) return null;
  const connections = plural(use.size, 'connection');
  const words = `${formatNumber(use.usedAverage)} of ${connections} of the service are in use on the average`;
  return { used: use.usedAverage, words };
};

/**
 * Slow answers that hardly use a connection, while connections are free: no other source of the database would show
 * more. What waits in the pooler, or for a statement, uses its connection meanwhile.
 */
export const insideWords = (seen: Seen): string | null => {
  const { requests, seconds: length } = seen;
  const use = freeUse(seen);
  const latencySeconds = (requests.all * (requests.latencyMsP50 ?? 0)) / 1000;
  return use === null || use.used * length > leastOfLatency * latencySeconds ? null : use.words;
};
