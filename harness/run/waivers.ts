/** The waivers of the team's config: read before anything starts, so that a wrong one is told at once (exit 2). */
import { closest } from 'fastest-levenshtein';
import type { ReadConfig } from '../config/read-config.ts';
import { usageError } from '../errors.ts';
import { loadCriteria } from '../grade/load-criteria.ts';
import type { RunResult, Waiver } from '../result.ts';
import type { WaiversOfRun } from '../grade/waivers.ts';

/** One that names no criterion would excuse nothing, and nobody would notice. */
const refuseUnknown = async (waivers: readonly Waiver[]): Promise<void> => {
  if (waivers.length === 0) return;
  const ids = (await loadCriteria()).map(({ id }) => id);
  const unknown = waivers.find(({ criterion }) => !ids.includes(criterion));
  if (unknown === undefined) return;
  throw usageError(
    `waivers: there is no criterion ${unknown.criterion}: did you mean ${closest(unknown.criterion, ids)}? ` +
      'docs/criteria.md has them all',
  );
};

/** None where there is no config. */
export const readWaivers = async (read: ReadConfig | null): Promise<Waiver[]> => {
  const waivers = read?.config.waivers ?? [];
  await refuseUnknown(waivers);
  return waivers;
};

/** As judging takes them: by the day on which the run began, also where it is judged anew later. */
export const waiversOf = ({ waivers, startedAt }: Pick<RunResult, 'waivers' | 'startedAt'>): WaiversOfRun | null =>
  waivers == null || waivers.length === 0 ? null : { waivers, day: startedAt.slice(0, 10) };
