/** A few connections that stay taken when the work is over, though the pool has others left and nobody waits. */
import type { Seen } from './seen.ts';
import { levelOf } from './levels.ts';
import type { Leaked } from './leaked.ts';
import { formatInstant } from '../../measure/load-clock.ts';
import { formatCount, plural } from '../../measure/numbers-in-words.ts';
import { seriesOf, type Series } from '../../measure/tracks/observations.ts';

/** Since the last look at which fewer were taken; before that all of them came back again and again. */
const sinceOf = (used: readonly Series[], kept: number, endMs: number): number => {
  const { tMs, values } = levelOf(used, [{ startMs: -Infinity, endMs }]).samples;
  const fewer = values.findLastIndex((value) => value < kept);
  return tMs[fewer + 1] ?? tMs.at(-1) ?? endMs;
};

/** The criterion looks after the load has ended, at each replica: what it finds taken there, nobody works with. */
export const keptAtEnd = ({ entry, observations, span }: Seen): Leaked | null => {
  const found = entry.criteria.find(({ id, verdict }) => id === 'connections-return' && verdict === 'fail');
  if (found?.value == null || found.value < 1) return null;
  const used = seriesOf(observations, 'db.client.connection.count', { state: 'used' });
  const kept = found.value;
  const endMs = entry.teardownMs ?? span.endMs;
  const sinceMs = used.length === 0 ? endMs : sinceOf(used, kept, endMs);
  const since = formatInstant(sinceMs, entry.phases);
  const are = kept === 1 ? 'is' : 'are';
  return {
    connections: kept,
    heldSeconds: Math.max(0, (endMs - sinceMs) / 1000),
    sinceMs,
    words:
      `${plural(kept, 'connection')} of the app pool (${found.reason}) ${are} still in use after the load has ended` +
      (used.length === 0 ? '' : `, and never fewer since ${since}`),
    seen: `never fewer than ${formatCount(kept)} in use from ${since} to the end`,
    source: used.length === 0 ? 'criterion connections-return' : 'db.client.connection.count',
  };
};
