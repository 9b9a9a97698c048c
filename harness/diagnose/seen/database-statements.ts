/**
 * How long statements take in the database, by taps on the way to it. What a tap sees pass takes the link's round trip
 * besides, and before a pooler the wait for one of its server connections: neither is the database's.
 */
import type { ScenarioResult } from '../../result.ts';
import { isOfTheService, tapGroups, type TapGroup } from '../../measure/connections/tap-use.ts';
import { histogramsOf, type Observations } from '../../measure/tracks/observations.ts';
import { histogramsWithin, type Window } from '../../measure/tracks/windows.ts';
import { numberOf, type Pooler } from './pooler.ts';
import { timesOf, type Times } from './taps.ts';

export interface TappedWay {
  entry: Pick<ScenarioResult, 'stackSettings'>;
  observations: Observations;
  window: Window;
  pooler: Pooler | null;
}

export type StatementsOf = (kind: string) => Times;

/** Where a pooler stands and the way begins before it, that was seen of it. */
const isBefore = ({ hop }: TapGroup): boolean => hop.startsWith('service-pooler');
const isBehind = ({ hop }: TapGroup): boolean => !isOfTheService(hop);

/** Of the stack's stated latencies: a statement goes them once. */
const linkSeconds = (group: TapGroup, { stackSettings }: TappedWay['entry']): number => {
  const ms = (name: string): number => numberOf(stackSettings, name) ?? 0;
  return (ms('databaseLinkLatencyMs') + (isBehind(group) ? 0 : ms('linkMs'))) / 1000;
};

const less = (time: number | null, link: number): number | null => (time === null ? null : Math.max(0, time - link));

const without = (link: number, { count, seconds, p50, p95 }: Times): Times => ({
  count,
  seconds: Math.max(0, seconds - count * link),
  p50: less(p50, link),
  p95: less(p95, link),
});

/** One for each group of connections. Before a pooler they tell of the database only where nobody waited in it. */
export const databaseStatementsOf = ({ entry, observations, window, pooler }: TappedWay): StatementsOf[] => {
  const groups = tapGroups(observations);
  const isSeenBehind = groups.some(isBehind);
  const neverWaited = pooler !== null && pooler.waiting.count > 0 && pooler.waiting.peak === 0;
  return groups
    .filter((group) => !isBefore(group) || (!isSeenBehind && neverWaited))
    .map((group) => (kind) => {
      const all = histogramsOf(observations, 'tap.statement_time', { ...group, kind });
      return without(linkSeconds(group, entry), timesOf(histogramsWithin(all, [window])));
    });
};
