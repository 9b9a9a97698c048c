/** A run that goes on after a kill or an interrupt: exactly what it had planned and still lacks. */
import path from 'node:path';
import { readRun } from '../archive/read-run.ts';
import { usageError } from '../errors.ts';
import { listScenarioFiles, type Plan, type PlanEntry } from '../profile/plan.ts';
import type { RunResult, ScenarioResult } from '../result.ts';
import type { ResumedRun } from './contexts.ts';
import type { RunRequest } from './request.ts';

const lackingOf = ({ run }: ResumedRun): ScenarioResult[] => run.scenarios.filter(({ state }) => state !== 'finished');

/** Null where nothing is resumed. Throws a usage error for a run that lacks nothing. */
export const readResumed = (request: RunRequest): ResumedRun | null => {
  if (request.resume === undefined) return null;
  if (request.scenarios.length > 0)
    throw usageError('--resume goes on with the scenarios of the run it names: give it no scenarios');
  const { folder, run } = readRun(request.resume, request.reports);
  if (run.scenarios.every(({ state }) => state === 'finished'))
    throw usageError(
      `${path.basename(folder)} has nothing left to run: all its ${run.scenarios.length} entries are finished`,
    );
  return { folder, run };
};

/**
 * A run that goes on keeps what it was asked for when it began. What may be said anew is how it is told, and where a
 * service of the user's own is, since no run saves that.
 */
export const resumedRequest = (request: RunRequest, resumed: ResumedRun | null): RunRequest =>
  resumed === null
    ? request
    : {
        ...request,
        scenarios: resumed.run.plan.scenarios,
        variant: resumed.run.plan.variant,
        repeats: resumed.run.plan.repeats,
        profile: resumed.run.profile.name as RunRequest['profile'],
        stack: resumed.run.stack.provider,
        seed: resumed.run.seed,
        against: resumed.run.plan.release ?? undefined,
        load: resumed.run.plan.load ?? undefined,
        ...(resumed.run.plan.linkMs == null ? {} : { linkMs: resumed.run.plan.linkMs }),
        tap: resumed.run.plan.tap ?? false,
      };

const cannotGoOn = ({ run }: ResumedRun, entry: string, why: string): Error =>
  usageError(
    `${run.id} cannot go on with ${entry}: ${why}; ` +
      `pgsurge report ${run.id} shows what it has, pgsurge run starts a new one`,
  );

/** Ids of the scenarios that still lack an entry. One that is finished may be gone or changed by now. */
export const lackingScenarios = (resumed: ResumedRun): string[] => {
  const there = new Set(listScenarioFiles().map(({ id }) => id));
  for (const { name, entry } of lackingOf(resumed))
    if (!there.has(name)) throw cannotGoOn(resumed, entry, `there is no scenario ${name} any more`);
  return [...new Set(lackingOf(resumed).map(({ name }) => name))];
};

/** Changed since the run began; a run of before hashes were saved is taken at its word. */
const isChanged = ({ scenarioHash }: ScenarioResult, planned: PlanEntry): boolean =>
  scenarioHash != null && scenarioHash !== planned.scenarioHash;

const changeOf = ({ name, scenarioHash }: ScenarioResult, planned: PlanEntry): string =>
  `scenario ${name} or scenarios/lib changed since it began ` +
  `(hash ${scenarioHash?.slice(0, 8)}, now ${planned.scenarioHash.slice(0, 8)})`;

/** The lacking entries of today's plan, in the order they had. A scenario that changed would make two runs of one. */
export const lackingEntries = (plan: Plan, resumed: ResumedRun): PlanEntry[] =>
  lackingOf(resumed).map((saved) => {
    const planned = plan.entries.find(({ entry }) => entry === saved.entry);
    if (planned === undefined)
      throw cannotGoOn(resumed, saved.entry, `scenario ${saved.name} plans no such entry any more`);
    if (isChanged(saved, planned)) throw cannotGoOn(resumed, saved.entry, changeOf(saved, planned));
    return planned;
  });

const revision = ({ commit, dirty }: RunResult['git']): string =>
  `${commit?.slice(0, 10) ?? 'no commit'}${dirty === true ? ' with changes' : ''}`;

/** One line where the sources are not those with which the run began; else null. */
export const revisionChange = (before: RunResult['git'], now: RunResult['git']): string | null =>
  revision(before) === revision(now)
    ? null
    : `this run began at ${revision(before)} and goes on at ${revision(now)}: ` +
      'its entries are not all of one revision';
