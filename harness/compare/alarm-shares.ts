/**
 * How the chance of a false change is shared. All that a comparison tests of its repeats has 5 % together: of a hundred
 * comparisons of unchanged code at most five call anything worse or better. With 5 % for worse criteria, 5 % for better
 * ones and 5 % for figures it was up to nine.
 */
import { chanceTaken } from '../measure/statistics/discrete-holm.ts';
import { distinctTests, largestChance, type RepeatEvent } from './uneven-repeats.ts';

/** The chance that is left for each kind of change. What fails or is far off more often in head has the first claim. */
export interface AlarmShares {
  worseFigures: number;
  betterCriteria: number;
  betterFigures: number;
}

/** Half, as in a two-sided test, as long as that leaves improvements this much of what is there. */
const leastForImprovements = 1 / 4;

/**
 * Regressions first, since only they stop a release. What criteria and far-off repeats can take is known from how often
 * they happen on both sides together: none of the 5 % where nothing fails, up to all of it where things fail now and
 * then. `events`: all that is weighed for head having more of it.
 */
export const alarmShares = (events: readonly RepeatEvent[]): AlarmShares => {
  const tests = distinctTests(events);
  const left = largestChance - chanceTaken(1, tests, largestChance);
  const worseFigures = Math.min(largestChance / 2, (1 - leastForImprovements) * left);
  const betterCriteria = left - worseFigures;
  return { worseFigures, betterCriteria, betterFigures: betterCriteria - chanceTaken(0, tests, betterCriteria) };
};
