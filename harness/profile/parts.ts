/** One part of several of a run's scenarios, so that machines can share them out. */
import { usageError } from '../errors.ts';
import { entrySeconds } from './entry-seconds.ts';
import { loadOf } from './environment.ts';
import type { PlannedScenario } from './plan.ts';
import { scalePhases, type Profile } from './profiles.ts';

export interface PlanPart {
  /** Parts are counted from 1. */
  number: number;
  of: number;
}

const mostParts = 20;

/** "2/3": the second of three. Null where it is no such text. */
export const partFrom = (text: string): PlanPart | null => {
  const found = /^(\d+)\/(\d+)$/.exec(text);
  const [number, of] = [Number(found?.[1]), Number(found?.[2])];
  return number >= 1 && number <= of && of <= mostParts ? { number, of } : null;
};

const secondsOf = ({ declaration }: PlannedScenario, profile: Profile): number =>
  declaration.variants.reduce(
    (total, variant) =>
      total +
      entrySeconds(
        { declaration, variant, phases: scalePhases(loadOf({ declaration, variant }).phases, profile) },
        profile,
      ),
    0,
  );

/** The rows of the matrix need their baseline, and chaos its control, in the same run. */
const refuseOthers = (scenarios: readonly PlannedScenario[]): void => {
  const other = scenarios.find(({ file }) => file.group !== 'incidents');
  if (other !== undefined)
    throw usageError(
      `--part shares out incidents, and ${other.declaration.id} is none: it is judged by others of its run`,
    );
};

const refuseEmptyPart = (scenarios: readonly PlannedScenario[], { number, of }: PlanPart): void => {
  if (of > scenarios.length)
    throw usageError(
      `--part ${number}/${of} may be empty, since ${scenarios.length} incidents are asked for and each stays whole: ` +
        `share them out in ${scenarios.length} parts at most`,
    );
};

/**
 * The longest first, each to the part that has the least so far: every scenario is in exactly one part, whoever asks. A
 * scenario stays whole, since its page shows its variants side by side.
 */
export const scenariosOfPart = (
  scenarios: readonly PlannedScenario[],
  { number, of }: PlanPart,
  profile: Profile,
): PlannedScenario[] => {
  refuseOthers(scenarios);
  refuseEmptyPart(scenarios, { number, of });
  const totals = Array.from({ length: of }, () => 0);
  const chosen = new Set<PlannedScenario>();
  const timed = scenarios.map((scenario) => ({ scenario, seconds: secondsOf(scenario, profile) }));
  timed.sort((a, b) => b.seconds - a.seconds || a.scenario.declaration.id.localeCompare(b.scenario.declaration.id));
  for (const { scenario, seconds } of timed) {
    const least = totals.indexOf(Math.min(...totals));
    totals[least]! += seconds;
    if (least === number - 1) chosen.add(scenario);
  }
  return scenarios.filter((scenario) => chosen.has(scenario));
};
