/** Chance is weighed over everything that is asked of the repeats of a comparison, each thing named by its place. */
import { alarmShares, type AlarmShares } from './alarm-shares.ts';
import { checkedVerdicts, weighedVerdicts, type ChancesOf } from './criteria.ts';
import { failures, unjudged } from './criterion-verdicts.ts';
import type { EntryPair } from './entries.ts';
import { unevenChances, type RepeatEvent, type UnevenChance } from './uneven-repeats.ts';

export interface Chances {
  ofVerdicts: ChancesOf;
  ofSlow(event: RepeatEvent): UnevenChance;
  shares: AlarmShares;
}

const keyOf = ({ scenario, variant, id }: Pick<RepeatEvent, 'scenario' | 'variant' | 'id'>): string =>
  JSON.stringify([scenario, variant, id]);

const nothing: UnevenChance = { moreInHead: 1, moreInBase: 1 };

const lookup = (events: readonly RepeatEvent[]): ((of: Parameters<typeof keyOf>[0]) => UnevenChance) => {
  const chances = unevenChances(events);
  const known = new Map(events.map((event, place) => [keyOf(event), chances[place]!]));
  return (of) => known.get(keyOf(of)) ?? nothing;
};

/** `slow`: far-off repeats of gated figures. What fails and what is slow is one question, what is unjudged another. */
export const chancesOf = (pairs: readonly EntryPair[], slow: readonly RepeatEvent[]): Chances => {
  const verdicts = weighedVerdicts(pairs);
  const events = [...verdicts.map(failures), ...slow];
  const worse = lookup(events);
  const shares = alarmShares(events);
  const lost = lookup([...verdicts, ...checkedVerdicts(pairs)].map(unjudged));
  const ofVerdicts: ChancesOf = (one) => ({ fails: worse(one), unjudged: lost(one), better: shares.betterCriteria });
  return { ofVerdicts, ofSlow: worse, shares };
};
