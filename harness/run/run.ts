/**
 * One run, as the house is laid out: profile → stack → service → load (steps, faults and collectors beside it)
 * → settle → check → grade → report → compare. The middle, one entry at a time, is `entry.ts`.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { compareAtEnd, worseOf } from './baseline.ts';
import { startClock } from '../system/clock.ts';
import { measureEntry, type EntryContext } from './measure-entry.ts';
import { measureExternal } from './measure-external.ts';
import { saveAnswers, saveDeclaration } from '../archive/entry-files.ts';
import { exitCodes, type ExitCode } from '../errors.ts';
import { emptyFacts } from './entry-facts.ts';
import { openRunFolder, pointLatest, runFolderName, type RunFolder } from '../archive/run-folder.ts';
import { interruptible } from '../system/interrupt.ts';
import { judgeRun } from './judge.ts';
import { prepare, type Prepared, type RunRequest } from './prepare.ts';
import { describePlan } from '../profile/describe.ts';
import { commandWithoutSecrets, gitProvenance, hostProvenance } from '../archive/provenance.ts';
import { schemaName, type RunResult } from '../result.ts';
import { revisionChange, type ResumedRun } from './resume.ts';
import { judgeSaved, writeReport } from './saved-run.ts';
import { measureHostIndex } from '../system/host-index.ts';
import { acquireLock } from '../system/lock.ts';
import { createWorkspace } from '../system/workspace.ts';
import type { Progress } from './progress.ts';

export type { RunRequest } from './prepare.ts';

const newRun = async ({ plan, profile, request, k6 }: Prepared, id: string, startedAt: Date): Promise<RunResult> => ({
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
  plan: {
    scenarios: request.scenarios,
    variant: request.variant,
    repeats: request.repeats,
    release: request.against === undefined ? null : path.relative('.', request.against),
  },
  scenarios: plan.entries.map((planned) => emptyFacts(planned, request.seed)),
  verdict: 'inconclusive',
  sentence: 'The run has not ended.',
  nextStep: '',
});

/** Sources may have changed since: what was finished stays, and is said to be of another revision. */
const reopenRun = async (
  { folder: place, run }: ResumedRun,
  progress: Progress,
): Promise<{ folder: RunFolder; run: RunResult }> => {
  const folder = openRunFolder(place);
  const git = await gitProvenance();
  const changed = revisionChange(run.git, git);
  if (changed !== null) progress.line(changed);
  folder.event(Date.now() - Date.parse(run.startedAt), 'resumed', { git });
  return { folder, run: { ...run, state: 'running' } };
};

const openRun = async (prepared: Prepared, progress: Progress): Promise<{ folder: RunFolder; run: RunResult }> => {
  if (prepared.resumed !== null) return reopenRun(prepared.resumed, progress);
  const startedAt = new Date();
  const id = runFolderName(startedAt, prepared.plan.name);
  const folder = openRunFolder(path.join(prepared.request.reports, id));
  return { folder, run: await newRun(prepared, id, startedAt) };
};

/** Measures and judges every entry of the plan, saving after each. Gives what ended the run before its end. */
const runEntries = async (run: RunResult, context: EntryContext): Promise<unknown> => {
  const { prepared, folder, signal, progress } = context;
  for (const planned of prepared.plan.entries) {
    const index = run.scenarios.findIndex(({ entry }) => entry === planned.entry);
    if (signal.aborted) break;
    for (const part of ['samples', 'logs']) rmSync(folder.path(part, planned.entry), { recursive: true, force: true });
    run.scenarios[index] = { ...emptyFacts(planned, run.seed), state: 'running', startedMs: context.clock.nowMs() };
    saveDeclaration(folder, planned.declaration);
    folder.save(run);
    const measured =
      prepared.external === null
        ? await measureEntry(planned, context)
        : await measureExternal(planned, context, prepared.external);
    Object.assign(run.stack.versions, measured.versions);
    Object.assign(run.stack.settings, measured.facts.stackSettings);
    saveAnswers(folder, planned.entry, measured.sqlAnswers);
    run.scenarios[index] = await judgeSaved(folder, run, measured.facts);
    folder.save(run);
    progress.entry(run.scenarios[index]);
    if (measured.endsRun !== undefined) return measured.endsRun;
  }
  return undefined;
};

const exitCodeOf = (run: RunResult): ExitCode => {
  if (run.state === 'interrupted') return exitCodes.interrupted;
  if (run.verdict === 'fail') return exitCodes.failed;
  return run.verdict === 'inconclusive' ? exitCodes.inconclusive : exitCodes.asExpected;
};

const finish = async (
  run: RunResult,
  state: RunResult['state'],
  folder: RunFolder,
): Promise<{ run: RunResult; page: string }> => {
  const finished = judgeRun({
    ...run,
    state,
    endedAt: new Date().toISOString(),
    host: { ...run.host, indexAfter: await measureHostIndex() },
  });
  folder.save(finished);
  return { run: finished, page: await writeReport(folder, finished) };
};

const conclude = (run: RunResult, page: string, json: boolean, progress: Progress): void => {
  if (json) process.stdout.write(`${JSON.stringify(run)}\n`);
  if (run.state === 'failed')
    progress.line(
      `what was measured is saved; once the reason is mended: pgsurge run --resume ${path.relative('.', path.dirname(page))}`,
    );
  else {
    progress.line(run.sentence);
    if (run.nextStep !== '') progress.line(run.nextStep);
  }
  progress.line(`report: ${path.relative('.', page)}`);
};

/** Runs what was asked for and gives back the process's exit code; wrong use and a lacking environment reject. */
export const run = async (request: RunRequest, progress: Progress): Promise<ExitCode> => {
  const prepared = await prepare(request, (line) => progress.line(line));
  if (request.dryRun === true) {
    process.stdout.write(describePlan(prepared.plan, request.json === true));
    return exitCodes.asExpected;
  }
  return runPrepared(prepared, progress);
};

/** The run itself, of a plan that is made: tests change one thing in it and see the run notice. */
export const runPrepared = async (prepared: Prepared, progress: Progress): Promise<ExitCode> => {
  await using _lock = await acquireLock((line) => progress.line(line));
  using interrupt = interruptible(() => progress.line('interrupted: stopping the load, saving what there is'));
  const { folder, run: begun } = await openRun(prepared, progress);
  const clock = startClock(Date.parse(begun.startedAt));
  folder.save(begun);
  await using workspace = await createWorkspace(`run ${begun.id}`);
  const context: EntryContext = {
    prepared,
    clock,
    folder,
    workspace,
    signal: interrupt.signal,
    progress,
    // Not before: a run that ends without a measurement must not hide the one before it.
    onLoad: () => pointLatest(prepared.request.reports, folder.folder),
  };
  const ended = await runEntries(begun, context);
  const state = interrupt.signal.aborted ? 'interrupted' : ended === undefined ? 'finished' : 'failed';
  const { run: finished, page } = await finish(begun, state, folder);
  conclude(finished, page, prepared.request.json === true, progress);
  if (ended !== undefined) throw ended;
  const code = exitCodeOf(finished);
  return code === exitCodes.interrupted
    ? code
    : worseOf(code, await compareAtEnd(prepared.request, folder.folder, progress));
};
