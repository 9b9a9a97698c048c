/** One entry of a plan, measured: its phases one after the other are `throughThePhases`. */
import { openStore } from '../archive/samples/store.ts';
import { startCollectors } from '../collect/collect.ts';
import type { Sink } from '../collect/collector.ts';
import { startOtlpReceiver, type ReceiverOptions } from '../collect/otlp.ts';
import { settingsOfDatabase } from '../faults/residue.ts';
import { endsTheRun, isLost, messageOf } from '../errors.ts';
import type { OwnService } from '../config/own-service.ts';
import { frontAnswers } from '../launch/front.ts';
import { startService } from '../launch/launch.ts';
import type { ServiceSpec, StartedService } from '../launch/started-service.ts';
import { environmentOf } from '../profile/environment.ts';
import type { PlanEntry } from '../profile/plan.ts';
import type { ScenarioResult } from '../result.ts';
import { stackSpecFrom } from '../stack/spec.ts';
import type { Component, StackSpec, StartedStack } from '../stack/stack.ts';
import { startStack, type StackContext } from '../stack/start.ts';
import type { EntryContext, LiveEntry, MeasuredEntry } from './contexts.ts';
import { settleAndCheck } from './final-reads.ts';
import { watchCanarySink } from './canary-watch.ts';
import { isForeign } from './is-foreign.ts';
import type { OwnRun } from './own-run.ts';
import { driveLoad, startLoadOf } from './load-and-steps.ts';
import { watchSink } from './live-figures.ts';
import { plantIntoSink } from './plant.ts';
import { sampleIntervalMs, symptomTextsOf } from './sampling.ts';
import { watchScript, type ScriptWatch } from './script-watch.ts';
import { watchStack, type StackWatch } from './stack-watch.ts';

const stackContextOf = (
  planned: PlanEntry,
  { prepared, folder, workspace, progress }: EntryContext,
  { onLost }: StackWatch,
): StackContext => ({
  workspace,
  logsFolder: folder.path('logs', planned.entry),
  log: (line) => progress.live(line),
  onLost,
  external: prepared.external ?? undefined,
});

/** A service of the user's own sends its metrics to the port that was named; ours is told which port is free. */
const otlpOptionsOf = ({ prepared }: EntryContext, script: ScriptWatch | null): ReceiverOptions => {
  const port = prepared.external?.otlpPort;
  return { ...(port == null ? {} : { port }), ...(script === null ? {} : { relabel: script.relabel }) };
};

const stackSpecOf = (planned: PlanEntry, { prepared: { own } }: EntryContext): StackSpec => ({
  ...stackSpecFrom(environmentOf(planned)),
  ...(own === null ? {} : { own: own.stack }),
});

const noteStack = ({ versions, settings, hidden }: StartedStack, measured: MeasuredEntry, sink: Sink): void => {
  measured.versions = versions;
  Object.assign(measured.facts.stackSettings, settings);
  if (hidden != null) sink.source('postgres-visibility', false, hidden);
};

/** Before the first load, and once: all rows of a run have the stack alike. */
const tellNotInForce = ({ notInForce = [] }: StartedStack, planned: PlanEntry, context: EntryContext): void => {
  const { prepared, progress } = context;
  if (planned !== prepared.plan.entries[0] || environmentOf(planned).route === 'direct') return;
  for (const words of notInForce) progress.line(words);
};

const ownReleaseOf = ({ release }: PlanEntry, { service, base }: OwnRun): OwnService =>
  release === 'base' && base !== null ? base : service;

const serviceSpecOf = (planned: PlanEntry, { prepared }: EntryContext, otlpUrl: string): ServiceSpec => {
  const { request, profile } = prepared;
  const environment = environmentOf(planned);
  return {
    replicas: environment.replicas ?? 2,
    route: environment.route ?? 'pooler',
    settings: { ...environment.service, ...request.plant?.settings },
    ...(request.plant?.unasked === undefined ? {} : { unasked: request.plant.unasked }),
    release: planned.release === 'base' ? (request.against ?? null) : null,
    otlpUrl,
    seed: request.seed,
    timeScale: profile.factor,
    metricsIntervalMs: sampleIntervalMs(planned),
    ...(prepared.own === null ? {} : { own: ownReleaseOf(planned, prepared.own) }),
  };
};

/** A service that runs already was started by somebody else: that is no step of this run. */
const noteService = (
  { settings }: StartedService,
  { runningService }: StartedStack,
  { facts }: MeasuredEntry,
  start: { atMs: number; endMs: number },
): void => {
  facts.settings = { ...settings };
  if (runningService === undefined)
    facts.steps.push({ do: 'start', title: 'start of the service', ...start, ok: true });
};

/** At the start every part answers; at the end one that does not is judged by what else is known of it. */
const noteSettingsRead = async (service: StartedService, { facts }: MeasuredEntry, atEnd: boolean): Promise<void> => {
  const { differences, unread } = await service.settingsRead();
  const before = facts.settingsRead ?? { differences: [], unread: [] };
  facts.settingsRead = {
    differences: [...new Set([...before.differences, ...differences])],
    unread: atEnd ? before.unread : [...before.unread, ...unread],
  };
};

/** Requests that no replica has counted, since the front answered them itself. */
const noteFrontAnswers = async (
  { url, components }: StartedService,
  sink: Sink,
  startEpochMs: number,
): Promise<void> => {
  if (!components.some(({ name }) => name === 'front')) return;
  sink.declare?.('front.answered', 'delta');
  for (const { atMs, status, count } of await frontAnswers(url))
    sink.sample('front.answered', { status: String(status) }, count, atMs - startEpochMs);
};

/** What the service's metrics say from here on is its shutdown, unless it is not ours to shut down. */
const noteTeardown = ({ runningService }: StartedStack, { facts }: MeasuredEntry, nowMs: () => number): Disposable => ({
  [Symbol.dispose]: () => {
    if (runningService === undefined) facts.teardownMs = nowMs();
  },
});

const collectWhatIs = (
  stack: StartedStack,
  components: readonly Component[],
  planned: PlanEntry,
  sink: Sink,
): Promise<AsyncDisposable> =>
  startCollectors({
    stack,
    components: () => components,
    probeUrl: stack.databaseUrl('probe'),
    intervalMs: sampleIntervalMs(planned),
    lengthMs: planned.phases.at(-1)?.endMs ?? 0,
    symptomTexts: symptomTextsOf(planned),
    sink,
  });

/**
 * stack → service → load (steps, faults and collectors beside it) → settle → check. Collectors begin before the service
 * does, so that its start is seen. What was started ends in the opposite order, whatever happens.
 */
const throughThePhases = async (
  planned: PlanEntry,
  context: EntryContext,
  measured: MeasuredEntry,
  watch: StackWatch,
): Promise<void> => {
  const nowMs = (): number => context.clock.nowMs();
  await using store = await openStore(context.folder.path('samples', planned.entry), context.clock);
  const script = isForeign(context.prepared) ? watchScript(store, planned) : null;
  const kept = plantIntoSink(script?.sink ?? store, context.prepared.request.plant);
  const { sink: watched, figures } = watchSink(kept);
  const { sink, canary } = watchCanarySink(watched);
  await using receiver = await startOtlpReceiver(sink, otlpOptionsOf(context, script));

  const stackContext = stackContextOf(planned, context, watch);
  await using stack = await startStack(context.prepared.request.stack, stackSpecOf(planned, context), stackContext);
  noteStack(stack, measured, sink);
  tellNotInForce(stack, planned, context);
  const components = [...stack.components];
  await using _collectors = await collectWhatIs(stack, components, planned, sink);

  const atMs = nowMs();
  await using service = await startService(stack, serviceSpecOf(planned, context, receiver.url), stackContext);
  using _teardown = noteTeardown(stack, measured, nowMs);
  noteService(service, stack, measured, { atMs, endMs: nowMs() });
  components.push(...service.components);
  if (stack.runningService === undefined) await noteSettingsRead(service, measured, false);

  // Where they cannot be read, whatever is set counts as left behind: no fault passes for it.
  const settingsBefore = await settingsOfDatabase(stack).catch(() => []);
  const live: LiveEntry = {
    ...context,
    ...watch,
    planned,
    measured,
    stack,
    service,
    settingsBefore,
    figures,
    canary,
    script,
  };
  const load = await startLoadOf(live, receiver);
  components.push(load.component);
  await driveLoad(load, live);
  if (stack.runningService === undefined) await noteSettingsRead(service, measured, true);
  await noteFrontAnswers(service, sink, context.clock.startEpochMs);

  if (!live.signal.aborted) await settleAndCheck(live);
};

/** What went wrong stands in the facts; only wrong use and a lacking environment end the run too. */
const failEntry = (measured: MeasuredEntry, error: unknown, { signal, folder, clock }: EntryContext): void => {
  const { facts } = measured;
  facts.state = signal.aborted ? 'interrupted' : 'failed';
  facts.message = messageOf(error);
  facts.lost = isLost(error);
  measured.endsRun = endsTheRun(error) && !signal.aborted ? error : undefined;
  folder.event(clock.nowMs(), 'error', { entry: facts.entry, message: facts.message });
};

/**
 * Fills the facts of an entry that has begun. Never rejects for what went wrong in it: the facts then say so, and
 * judging finds what was seen until then inconclusive rather than lost. What ends the whole run is given back too.
 */
export const measureEntry = async (
  planned: PlanEntry,
  facts: ScenarioResult,
  context: EntryContext,
): Promise<MeasuredEntry> => {
  const measured: MeasuredEntry = { facts, ledger: null, sqlAnswers: {}, versions: {} };
  const watch = watchStack(planned, facts, context);
  try {
    await throughThePhases(planned, context, measured, watch);
  } catch (error) {
    failEntry(measured, error, context);
  }
  // Whatever else failed followed from the loss.
  const lost = watch.lost();
  if (lost !== null) failEntry(measured, lost, context);
  if (facts.state === 'running') facts.state = context.signal.aborted ? 'interrupted' : 'finished';
  facts.endedMs = context.clock.nowMs();
  return measured;
};
