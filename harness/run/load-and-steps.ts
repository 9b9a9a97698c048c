/** k6 on an entry's script, and what happens beside it: the declared steps, and the faults that they inject. */
import { ledgerFileOf } from '../archive/entry-files.ts';
import type { OtlpReceiver } from '../collect/otlp.ts';
import { applyFault } from '../faults/inject.ts';
import { faultResidue } from '../faults/residue.ts';
import { forbiddenNetworks } from '../load/forbidden-networks.ts';
import { startLoad, type RunningLoad } from '../load/k6.ts';
import { lastExportOf } from '../load/k6-end.ts';
import type { LoadOptions } from '../load/load-options.ts';
import { rowVariables } from '../profile/journey.ts';
import type { PhaseResult } from '../result.ts';
import { loadedHost } from '../stack/external/options.ts';
import { k6OptionsOf, variablesOf } from '../tools/k6-arguments.ts';
import type { ScriptVariable } from '../tools/k6-variables.ts';
import type { LiveEntry } from './contexts.ts';
import { isForeign } from './is-foreign.ts';
import { showPhases } from './phase-display.ts';
import { sleepUntil, type StepContext } from './step-context.ts';
import { runSteps, type StepsOutcome } from './steps.ts';

/** The variables that tell a journey which of its rows runs, and with which phases. */
const variablesOfRow = ({ declaration, phases }: LiveEntry['planned']): ScriptVariable[] => {
  const row = declaration.script?.row;
  return row == null ? [] : rowVariables(row, phases);
};

/** A stranger's script must not reach more than this machine and the hosts that were named. */
const foreignOf = async ({
  prepared,
  planned,
}: Pick<LiveEntry, 'prepared' | 'planned'>): Promise<Pick<LoadOptions, 'foreign' | 'allowHost'>> => {
  const { external, request } = prepared;
  if (!isForeign(prepared)) return {};
  return {
    foreign: {
      forbiddenNetworks: await forbiddenNetworks(external?.allowedHosts ?? request.allowHost),
      variables: [...variablesOf(request.env ?? []), ...variablesOfRow(planned)],
      options: k6OptionsOf(request.k6Options ?? []),
      script: planned.declaration.script,
    },
    allowHost: external === null ? (request.allowHost[0] ?? '') : loadedHost(external),
  };
};

export const startLoadOf = async (
  { planned, measured, prepared, folder, workspace, service }: LiveEntry,
  receiver: Pick<OtlpReceiver, 'url' | 'k6ExportedUpToMs'>,
): Promise<RunningLoad> =>
  startLoad({
    script: planned.file,
    k6: prepared.k6,
    phases: planned.phases,
    targetUrl: service.url,
    otlpUrl: receiver.url,
    interactivePerSecond: measured.facts.load.interactivePerSecond,
    seed: measured.facts.load.seed,
    profileName: prepared.profile.name,
    ledgerFile: ledgerFileOf(folder, planned.entry),
    summaryFile: folder.path('load', `${planned.entry}.json`),
    logFile: folder.path('logs', planned.entry, 'k6.log'),
    workspace,
    lastExport: await lastExportOf(workspace, receiver),
    ...(await foreignOf({ prepared, planned })),
  });

const onRunClock = (phases: readonly PhaseResult[], offsetMs: number): PhaseResult[] =>
  phases.map((phase) => ({ ...phase, startMs: phase.startMs + offsetMs, endMs: phase.endMs + offsetMs }));

const stepContextOf = (live: LiveEntry, signal: AbortSignal): StepContext => {
  const { planned, measured, prepared, folder, clock, stack, service, canary, progress, workspace } = live;
  const { entry } = planned;
  const nowMs = (): number => clock.nowMs();
  return {
    stack,
    service,
    canary,
    variant: planned.variant,
    profile: prepared.profile,
    phases: measured.facts.phases,
    nowMs,
    signal,
    onStep: (step) => {
      progress.step(step);
      const { atMs: startMs, ...done } = step;
      folder.event(nowMs(), 'step', { entry, startMs, ...done });
    },
    applyFault: (id, options) =>
      applyFault(id, {
        stack,
        service,
        settingsBefore: live.settingsBefore,
        nowMs,
        ...options,
        workspace,
        signal,
        plant: prepared.request.plant?.faultContext,
        onChange: (change, fault) => folder.event(nowMs(), `fault-${change}`, { entry, ...fault }),
      }),
  };
};

/** Steps go on until their end, also behind the load's; where k6 gave no figures they end at once, before the stack. */
const untilBothEnd = async (load: RunningLoad, live: LiveEntry): Promise<void> => {
  const { facts } = live.measured;
  const failed = new AbortController();
  const context = stepContextOf(live, AbortSignal.any([live.signal, failed.signal]));
  const steps: Promise<StepsOutcome> = runSteps(live.planned.declaration.steps ?? [], context);
  try {
    facts.loadTotals = await load.done;
  } catch (error) {
    failed.abort();
    throw error;
  } finally {
    const { steps: done, faults } = await steps;
    facts.steps.push(...done);
    facts.faults.push(...faults);
  }
};

/** All faults are mended by now: what is still there was left behind, whatever their own proofs said. */
const findResidue = async (live: LiveEntry): Promise<void> => {
  const { stack, service, measured, folder, clock, planned, lost } = live;
  const { faults } = measured.facts;
  if (faults.length === 0 || lost() !== null) return;
  const left = await faultResidue(stack, service, live);
  if (left.length === 0) return;
  folder.event(clock.nowMs(), 'residue', { entry: planned.entry, left });
  for (const fault of faults) Object.assign(fault, { revertProved: false, message: `left behind: ${left.join('; ')}` });
};

/** A stranger's script begins after its `setup` and ends when it ends, whatever was planned. */
const endScriptPhase = ({ measured, script, clock }: LiveEntry): void => {
  if (script === null) return;
  const { facts } = measured;
  facts.phases = facts.phases.map((phase) => script.phaseAsSeen(phase, clock.nowMs()));
  script.tell();
};

/**
 * k6 leaves a rest without users once the last of them has ended. What the service gives back in its rest is seen only
 * by who looks until its end: a row of users was looked at for half of its four seconds, and its pool was "not known".
 */
const outlastRest = async ({ measured, clock, signal }: LiveEntry): Promise<void> => {
  const last = measured.facts.phases.at(-1);
  if (last?.kind !== 'rest' || clock.nowMs() < last.startMs) return;
  await sleepUntil(last.endMs, { nowMs: () => clock.nowMs(), signal });
};

const stopAtAbort = (load: RunningLoad, signal: AbortSignal): Disposable => {
  const stop = (): void => void load.stop();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  return { [Symbol.dispose]: () => signal.removeEventListener('abort', stop) };
};

/** Until k6 has ended, all steps are done, and a rest is over. */
export const driveLoad = async (load: RunningLoad, live: LiveEntry): Promise<void> => {
  const { planned, measured, clock, signal } = live;
  const { facts } = measured;
  using _stopped = stopAtAbort(load, signal);
  facts.phases = onRunClock(planned.phases, (await load.started) - clock.startEpochMs);
  live.onLoad();
  using _shown = showPhases(live, facts.phases);
  try {
    await untilBothEnd(load, live);
    await outlastRest(live);
  } finally {
    endScriptPhase(live);
  }
  await findResidue(live);
};
