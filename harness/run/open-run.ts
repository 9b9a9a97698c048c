/** The run's document and folder as they are before the first entry: new, or those of a run that goes on. */
import path from 'node:path';
import { commandWithoutSecrets, gitProvenance, hostProvenance } from '../archive/provenance.ts';
import { openRunFolder, runFolderName, type RunFolder } from '../archive/run-folder.ts';
import { schemaName, type RunResult } from '../result.ts';
import { measureHostIndex } from '../system/host-index.ts';
import type { Prepared, ResumedRun } from './contexts.ts';
import { emptyFacts } from './entry-facts.ts';
import type { Progress } from './progress.ts';
import { revisionChange } from './resume.ts';

export interface OpenRun {
  folder: RunFolder;
  run: RunResult;
}

const plannedOf = (request: Prepared['request']): RunResult['plan'] => {
  const { scenarios, variant, repeats, against, load, linkMs, tap } = request;
  return {
    scenarios,
    variant,
    repeats,
    linkMs: linkMs ?? null,
    release: against === undefined ? null : path.relative('.', against),
    ...(load === undefined ? {} : { load }),
    ...(tap === true ? { tap } : {}),
  };
};

const newRun = async (
  { plan, profile, request, k6, waivers }: Prepared,
  id: string,
  startedAt: Date,
): Promise<RunResult> => ({
  schema: schemaName,
  id,
  name: plan.name,
  state: 'running',
  startedAt: startedAt.toISOString(),
  endedAt: null,
  command: commandWithoutSecrets(['pgsurge', ...request.argv]),
  seed: request.seed,
  git: await gitProvenance(),
  profile: { name: profile.name, timeScale: profile.factor },
  stack: { provider: request.stack, versions: { k6: k6.version, node: process.versions.node }, settings: {} },
  host: { ...hostProvenance(), indexBefore: await measureHostIndex(), indexAfter: null },
  plan: plannedOf(request),
  scenarios: plan.entries.map((planned) => emptyFacts(planned, request.seed)),
  ...(waivers.length === 0 ? {} : { waivers: [...waivers] }),
  verdict: 'inconclusive',
  sentence: 'The run has not ended.',
  nextStep: '',
});

/** Sources may have changed since: what was finished stays, and is said to be of another revision. */
const reopenRun = async ({ folder: place, run }: ResumedRun, progress: Progress): Promise<OpenRun> => {
  const folder = openRunFolder(place);
  const git = await gitProvenance();
  const changed = revisionChange(run.git, git);
  if (changed !== null) progress.line(changed);
  folder.event(Date.now() - Date.parse(run.startedAt), 'resumed', { git });
  return { folder, run: { ...run, state: 'running' } };
};

export const openRun = async (prepared: Prepared, progress: Progress): Promise<OpenRun> => {
  if (prepared.resumed !== null) return reopenRun(prepared.resumed, progress);
  const startedAt = new Date();
  const id = runFolderName(startedAt, prepared.plan.name);
  const folder = openRunFolder(path.join(prepared.request.reports, id));
  return { folder, run: await newRun(prepared, id, startedAt) };
};
