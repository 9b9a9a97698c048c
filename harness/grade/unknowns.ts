/** The words of a criterion that cannot know, or has nothing to judge. */
import type { LinesRead } from '../measure/logs/lines-read.ts';
import type { Measurement } from './criterion.ts';

type Unknown = Extract<Measurement, { state: 'inconclusive' }>;

/** Nothing of that series arrived. Which source was lost, or when it was silent, is said beside it (coverage/). */
export const notSeen = (what: string): Unknown => ({ state: 'inconclusive', count: 0, reason: `no ${what} were seen` });

/** A log was read, but hardly a line of it could be told from others. */
export const notUnderstood = ({ read, notUnderstood: count }: LinesRead, whose: string): Unknown => ({
  state: 'inconclusive',
  count: 0,
  reason:
    `${count} of ${read} lines of ${whose}'s log were not understood (no level that can be read): ` +
    'that no error was found in it says nothing',
});

export const tooFew = (count: number, needed: number, what: string): Unknown => ({
  state: 'inconclusive',
  count,
  reason: `too few ${what}: ${count}, at least ${needed} are needed`,
});

export const noLoad: Extract<Measurement, { state: 'notApplicable' }> = {
  state: 'notApplicable',
  reason: 'the scenario has no loaded phase',
};
