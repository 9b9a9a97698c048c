/**
 * One run, as the house is laid out: profile → stack → service → load (steps, faults and collectors beside it)
 * → settle → check → grade → diagnose → report → compare. Its middle, from stack to check, is `measure-entry.ts`.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { allRuns } from '../archive/all-runs.ts';
import { saveAnswers, saveDeclaration } from '../archive/entry-files.ts';
import { pointLatest } from '../archive/run-folder.ts';
import { isGood } from '../compare/since.ts';
import { exitCodes, type ExitCode } from '../errors.ts';
import { judgeRun } from '../grade/run-verdict.ts';
import { describePlan } from '../profile/describe.ts';
import type { PlanEntry } from '../profile/plan.ts';
import type { RunResult, ScenarioResult } from '../result.ts';
import { startClock } from '../system/clock.ts';
import { measureHostIndex } from '../system/host-index.ts';
import { interruptible } from '../system/interrupt.ts';
import { acquireLock } from '../system/lock.ts';
import { createWorkspace, type Workspace } from '../system/workspace.ts';
import { compareAtEnd } from './baseline.ts';
import type { EntryContext, Prepared } from './contexts.ts';
import { emptyFacts } from './entry-facts.ts';
import { exitCodeOf, worseOf } from './exit-code.ts';
import { measureEntry } from './measure-entry.ts';
import { openRun } from './open-run.ts';
import { otherRelease } from './own-release.ts';
import { prepare } from './prepare.ts';
import type { Progress } from './progress.ts';
import type { RunRequest } from './request.ts';
import { judgeSaved, writeReport } from './saved-run.ts';
import { sinceWhen } from './since-when.ts';

/** What an earlier attempt left of this entry is gone, and a kill from here on finds it begun. */
const beginEntry = (planned: PlanEntry, run: RunResult, { folder, clock }: EntryContext): ScenarioResult => {
  for (const part of ['samples', 'logs']) rmSync(folder.path(part, planned.entry), { recursive: true, force: true });
  const begun: ScenarioResult = { ...emptyFacts(planned, run.seed), state: 'running', startedMs: clock.nowMs() };
  saveDeclaration(folder, planned.declaration);
  saveEntry(run, begun, folder);
  folder.event(clock.nowMs(), 'entry', { entry: planned.entry });
  return begun;
};

const saveEntry = (run: RunResult, facts: ScenarioResult, folder: EntryContext['folder']): void => {
  const index = run.scenarios.findIndex(({ entry }) => entry === facts.entry);
  run.scenarios[index] = facts;
  folder.save(run);
};

/** Measures and judges every entry of the plan, saving after each. Gives what ended the run before its end. */
const runEntries = async (run: RunResult, context: EntryContext): Promise<unknown> => {
  const { prepared, folder, signal, progress } = context;
  for (const planned of prepared.plan.entries) {
    if (signal.aborted) break;
    const begun = beginEntry(planned, run, context);
    const { facts, sqlAnswers, versions, endsRun } = await measureEntry(planned, begun, context);
    Object.assign(run.stack.versions, versions);
    Object.assign(run.stack.settings, facts.stackSettings);
    saveAnswers(folder, planned.entry, sqlAnswers);
    const judged = await judgeSaved(folder, run, facts);
    saveEntry(run, judged, folder);
    progress.entry(judged);
    if (endsRun !== undefined) return endsRun;
  }
  return undefined;
};

const stateOf = ({ aborted }: AbortSignal, endedBy: unknown): RunResult['state'] => {
  if (aborted) return 'interrupted';
  return endedBy === undefined ? 'finished' : 'failed';
};

const endRun = async (run: RunResult, state: RunResult['state'], reports: string): Promise<RunResult> => {
  const host = { ...run.host, indexAfter: await measureHostIndex() };
  const ended = judgeRun({ ...run, state, endedAt: new Date().toISOString(), host });
  // A run that somebody stopped is no news of the service.
  if (state === 'interrupted' || isGood(ended)) return ended;
  const since = await sinceWhen(allRuns(reports).runs, { name: ended.id, run: ended });
  return since.length === 0 ? ended : { ...ended, since };
};

/** What whoever started the run is told at its end. */
const tell = (run: RunResult, page: string, json: boolean, progress: Progress): void => {
  if (json) process.stdout.write(`${JSON.stringify(run)}\n`);
  const folder = path.relative('.', path.dirname(page));
  if (run.state === 'failed')
    progress.line(`what was measured is saved; once the reason is mended: pgsurge run --resume ${folder}`);
  else {
    progress.line(run.sentence);
    if (run.nextStep !== '') progress.line(run.nextStep);
    for (const line of run.since ?? []) progress.line(line);
  }
  progress.line(`report: ${path.relative('.', page)}`);
};

const exitCodeWith = async (
  run: RunResult,
  runFolder: string,
  request: RunRequest,
  progress: Progress,
): Promise<ExitCode> => {
  const code = exitCodeOf(run);
  return code === exitCodes.interrupted ? code : worseOf(code, await compareAtEnd(request, runFolder, progress));
};

/** A team's other release is unpacked and installed before the first entry, so that none waits for it. */
const withRelease = async (
  prepared: Prepared,
  workspace: Workspace,
  log: (line: string) => void,
): Promise<Prepared> => {
  const { own, request } = prepared;
  if (own === null || request.against === undefined) return prepared;
  return { ...prepared, own: { ...own, base: await otherRelease(request.against, own.service, { workspace, log }) } };
};

/** The run itself, of a plan that is made: tests change one thing in it and see the run notice. */
export const runPrepared = async (prepared: Prepared, progress: Progress): Promise<ExitCode> => {
  const { request } = prepared;
  await using _lock = await acquireLock((line) => progress.line(line));
  using interrupt = interruptible(() => progress.line('interrupted: stopping the load, saving what there is'));
  const { signal } = interrupt;
  const { folder, run: begun } = await openRun(prepared, progress);
  const clock = startClock(Date.parse(begun.startedAt));
  folder.save(begun);
  await using workspace = await createWorkspace(`run ${begun.id}`);
  // Not before the load: a run that ends without a measurement must not hide the one before it.
  const onLoad = (): void => pointLatest(request.reports, folder.folder);

  const ready = await withRelease(prepared, workspace, (line) => progress.line(line));
  const endedBy = await runEntries(begun, { prepared: ready, clock, folder, workspace, signal, progress, onLoad });
  const run = await endRun(begun, stateOf(signal, endedBy), request.reports);
  folder.save(run);
  tell(run, await writeReport(folder, run), request.json === true, progress);
  if (endedBy !== undefined) throw endedBy;
  return exitCodeWith(run, folder.folder, request, progress);
};

/** Runs what was asked for and gives back the process's exit code; wrong use and a lacking environment reject. */
export const run = async (request: RunRequest, progress: Progress): Promise<ExitCode> => {
  const prepared = await prepare(request, (line) => progress.line(line));
  if (request.dryRun !== true) return runPrepared(prepared, progress);
  process.stdout.write(describePlan(prepared.plan, request.json === true));
  return exitCodes.asExpected;
};
