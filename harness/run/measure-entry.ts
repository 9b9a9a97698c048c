/** One entry of a plan, measured: stack, service, load, steps, faults and collectors; then settle and check. */
import type { Ledger } from '../check/checker.ts';
import type { Clock } from '../system/clock.ts';
import { startCollectors } from '../collect/collect.ts';
import type { SymptomText } from '../collect/collector.ts';
import { startOtlpReceiver } from '../collect/otlp.ts';
import { openStore } from '../archive/samples/store.ts';
import { endsTheRun, isLost, messageOf } from '../errors.ts';
import { emptyFacts, environmentOf } from './entry-facts.ts';
import { applyFault } from '../faults/inject.ts';
import { faultResidue } from '../faults/residue.ts';
import { ledgerFileOf } from '../archive/entry-files.ts';
import { check } from './final-reads.ts';
import type { RunFolder } from '../archive/run-folder.ts';
import { startLoad, type RunningLoad } from '../load/k6.ts';
import { watchSink, type LiveFigures } from './live-figures.ts';
import type { Prepared } from './prepare.ts';
import type { PlanEntry } from '../profile/plan.ts';
import type { PhaseResult, ScenarioResult } from '../result.ts';
import type { Component, StartedStack } from '../stack/stack.ts';
import { stackSpecFrom } from '../stack/spec.ts';
import { startStack } from '../stack/start.ts';
import { runSteps, type StepsOutcome } from './steps.ts';
import { watchStack, type StackWatch } from './stack-watch.ts';
import type { Workspace } from '../system/workspace.ts';
import { startService } from '../launch/launch.ts';
import type { StartedService } from '../launch/started-service.ts';
import type { Progress } from './progress.ts';

export interface EntryContext {
  prepared: Prepared;
  clock: Clock;
  folder: RunFolder;
  workspace: Workspace;
  signal: AbortSignal;
  progress: Progress;
  /** The load has begun: from here on there is something to report. */
  onLoad(): void;
}

/** What judging needs beside the samples on disk. */
export interface MeasuredEntry {
  facts: ScenarioResult;
  ledger: Ledger | null;
  sqlAnswers: Record<string, number | null>;
  /** Of the stack's parts. */
  versions: Record<string, string>;
  /** Wrong use, or an environment that lacks something: no later entry would fare better. */
  endsRun?: unknown;
}

/** One entry while it is measured; its `signal` is also given when the stack ends by itself. */
export interface Live extends EntryContext {
  planned: PlanEntry;
  measured: MeasuredEntry;
  stack: StartedStack;
  service: StartedService;
  otlpUrl: string;
  figures: LiveFigures;
  setLoad(load: RunningLoad): void;
  stackIsLost(): boolean;
}

/** Samples per second where the story lasts seconds, as incidents do; else one. */
const sampleIntervalMs = ({ declaration }: PlanEntry): number => (declaration.group === 'incidents' ? 200 : 1000);

/** Texts of the declared symptoms and claims, which the logs' collectors keep whether or not they are errors. */
const symptomTextsOf = ({ declaration, variant }: PlanEntry): SymptomText[] =>
  [
    ...(variant.symptoms ?? declaration.symptoms ?? []).map(({ observe }) => observe),
    ...(declaration.claims ?? []).map(({ measure }) => measure),
  ].flatMap((observe) =>
    observe?.kind === 'log' ? [{ component: observe.component, contains: observe.contains }] : [],
  );

const startEverything = async (
  planned: PlanEntry,
  context: EntryContext,
  watch: StackWatch,
  measured: MeasuredEntry,
  during: (live: Live) => Promise<void>,
): Promise<void> => {
  const { prepared, clock, folder, workspace, progress } = context;
  const { facts } = measured;
  const environment = environmentOf(planned);
  const logsFolder = folder.path('logs', planned.entry);
  const log = (line: string): void => progress.live(line);
  await using store = await openStore(folder.path('samples', planned.entry), clock);
  const { sink, figures } = watchSink(store);
  await using receiver = await startOtlpReceiver(sink);
  await using stack = await startStack(prepared.request.stack, stackSpecFrom(environment), {
    workspace,
    logsFolder,
    log,
    onLost: watch.onLost,
  });
  measured.versions = stack.versions;
  facts.stackSettings = { ...facts.stackSettings, ...stack.settings };
  let service: StartedService | null = null;
  let load: RunningLoad | null = null;
  const components = (): Component[] => [
    ...stack.components,
    ...(service?.components ?? []),
    ...(load === null ? [] : [load.component]),
  ];
  await using _collection = await startCollectors({
    stack,
    components,
    probeUrl: stack.databaseUrl('probe'),
    intervalMs: sampleIntervalMs(planned),
    symptomTexts: symptomTextsOf(planned),
    sink,
  });
  const startedAtMs = clock.nowMs();
  await using started = await startService(
    stack,
    {
      replicas: environment.replicas ?? 2,
      route: environment.route ?? 'pooler',
      settings: { ...environment.service, ...planned.variant.settings, ...prepared.request.plant?.settings },
      release: planned.release === 'base' ? (prepared.request.against ?? null) : null,
      otlpUrl: receiver.url,
      seed: prepared.request.seed,
      timeScale: prepared.profile.factor,
      metricsIntervalMs: sampleIntervalMs(planned),
    },
    { workspace, logsFolder, log },
  );
  service = started;
  facts.settings = { ...started.settings };
  facts.steps.push({ do: 'start', title: 'start of the service', atMs: startedAtMs, endMs: clock.nowMs(), ok: true });
  try {
    await during({
      ...context,
      signal: watch.signal,
      planned,
      measured,
      stack,
      service: started,
      otlpUrl: receiver.url,
      figures,
      setLoad: (running) => {
        load = running;
      },
      stackIsLost: () => watch.lost() !== null,
    });
  } finally {
    facts.teardownMs = clock.nowMs();
  }
};

const onRunClock = (phases: readonly PhaseResult[], offsetMs: number): PhaseResult[] =>
  phases.map((phase) => ({ ...phase, startMs: phase.startMs + offsetMs, endMs: phase.endMs + offsetMs }));

const showPhases = (live: Live, phases: readonly PhaseResult[]): Disposable => {
  let current = '';
  const timer = setInterval(() => {
    const nowMs = live.clock.nowMs();
    const phase = phases.find(({ endMs }) => nowMs < endMs);
    if (phase === undefined) return live.progress.live(`${live.planned.entry}: jobs end · ${live.figures.text()}`);
    if (phase.name !== current) {
      current = phase.name;
      live.folder.event(nowMs, 'phase', { entry: live.planned.entry, phase: phase.name });
      live.progress.line(`${live.planned.entry}: ${phase.name}, ${Math.ceil((phase.endMs - nowMs) / 1000)} s`);
    }
    live.progress.live(
      `${live.planned.entry}: ${phase.name}, ${Math.ceil((phase.endMs - nowMs) / 1000)} s left · ${live.figures.text()}`,
    );
  }, 500);
  return { [Symbol.dispose]: () => clearInterval(timer) };
};

/** All faults are mended by now: what is still there was left behind, whatever their own proofs said. */
const findResidue = async ({ stack, service, measured, folder, clock, planned }: Live): Promise<void> => {
  const left = await faultResidue(stack, service);
  if (left.length === 0) return;
  folder.event(clock.nowMs(), 'residue', { entry: planned.entry, left });
  for (const fault of measured.facts.faults)
    Object.assign(fault, { revertProved: false, message: `left behind: ${left.join('; ')}` });
};

const stepsBeside = (live: Live, signal: AbortSignal): Promise<StepsOutcome> => {
  const { planned, measured, prepared, folder, clock, stack, service } = live;
  return runSteps(planned.declaration.steps ?? [], {
    stack,
    service,
    variant: planned.variant.name,
    phases: measured.facts.phases,
    nowMs: () => clock.nowMs(),
    signal,
    onStep: (step) => {
      live.progress.step(step);
      const { atMs: startMs, ...done } = step;
      folder.event(clock.nowMs(), 'step', { entry: planned.entry, startMs, ...done });
    },
    applyFault: (id, options) =>
      applyFault(id, {
        stack,
        service,
        nowMs: () => clock.nowMs(),
        ...options,
        workspace: live.workspace,
        signal,
        plant: prepared.request.plant?.faultContext,
        onChange: (change, fault) => folder.event(clock.nowMs(), `fault-${change}`, { entry: planned.entry, ...fault }),
      }),
  });
};

/** Steps go on until their end, also behind the load's; where it gave no figures they end at once, before the stack does. */
const awaitLoad = async (live: Live, load: RunningLoad): Promise<void> => {
  const { facts } = live.measured;
  const failed = new AbortController();
  const steps = stepsBeside(live, AbortSignal.any([live.signal, failed.signal]));
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

/** Load with steps, faults and collectors beside it, until k6 has ended. */
const drive = async (live: Live): Promise<void> => {
  const { planned, measured, prepared, folder, clock, signal, service } = live;
  const { facts } = measured;
  const load = startLoad({
    script: planned.file,
    k6: prepared.k6,
    phases: planned.phases,
    targetUrl: service.url,
    otlpUrl: live.otlpUrl,
    seed: facts.load.seed,
    profileName: prepared.profile.name,
    ledgerFile: ledgerFileOf(folder, planned.entry),
    summaryFile: folder.path('load', `${planned.entry}.json`),
    logFile: folder.path('logs', planned.entry, 'k6.log'),
    workspace: live.workspace,
  });
  live.setLoad(load);
  const stop = (): void => void load.stop();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    facts.phases = onRunClock(planned.phases, (await load.started) - clock.startEpochMs);
    live.onLoad();
    using _shown = showPhases(live, facts.phases);
    await awaitLoad(live, load);
    if (facts.faults.length > 0 && !live.stackIsLost()) await findResidue(live);
  } finally {
    signal.removeEventListener('abort', stop);
  }
};

/** What went wrong stands in the facts; only wrong use and a lacking environment end the run too. */
export const failEntry = (measured: MeasuredEntry, error: unknown, { signal, folder, clock }: EntryContext): void => {
  const { facts } = measured;
  facts.state = signal.aborted ? 'interrupted' : 'failed';
  facts.message = messageOf(error);
  facts.lost = isLost(error);
  measured.endsRun = endsTheRun(error) && !signal.aborted ? error : undefined;
  folder.event(clock.nowMs(), 'error', { entry: facts.entry, message: facts.message });
};

/**
 * Never rejects for what went wrong in the entry: the facts then say so, and judging finds what was seen until then
 * inconclusive rather than lost. What ends the whole run is given back beside them.
 */
export const measureEntry = async (planned: PlanEntry, context: EntryContext): Promise<MeasuredEntry> => {
  const facts = emptyFacts(planned, context.prepared.request.seed + planned.repeat - 1);
  const measured: MeasuredEntry = { facts, ledger: null, sqlAnswers: {}, versions: {} };
  facts.state = 'running';
  facts.startedMs = context.clock.nowMs();
  context.folder.event(facts.startedMs, 'entry', { entry: planned.entry });
  const watch = watchStack(planned, facts, context);
  try {
    await startEverything(planned, context, watch, measured, async (live) => {
      await drive(live);
      if (!live.signal.aborted) await check(live);
    });
  } catch (error) {
    failEntry(measured, error, context);
  }
  // Whatever else failed followed from it.
  const lost = watch.lost();
  if (lost !== null) failEntry(measured, lost, context);
  if (facts.state === 'running') facts.state = context.signal.aborted ? 'interrupted' : 'finished';
  facts.endedMs = context.clock.nowMs();
  return measured;
};
