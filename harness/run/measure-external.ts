/** A service that pgsurge did not start, measured: its own k6 script, and whatever sources there are. Looks only. */
import { statSync } from 'node:fs';
import { startCollectors } from '../collect/collect.ts';
import type { Sink } from '../collect/collector.ts';
import { startOtlpReceiver } from '../collect/otlp.ts';
import { openStore } from '../archive/samples/store.ts';
import { failEntry, type EntryContext, type MeasuredEntry } from './measure-entry.ts';
import { environmentError, messageOf } from '../errors.ts';
import { emptyFacts } from './entry-facts.ts';
import { startLoad, type RunningLoad } from '../load/k6.ts';
import { watchSink } from './live-figures.ts';
import type { PlanEntry } from '../profile/plan.ts';
import type { Component } from '../stack/stack.ts';
import { externalStack } from '../stack/external/stack.ts';
import { forbiddenNetworks } from '../load/forbidden-networks.ts';
import { loadedHost, type ExternalOptions } from '../stack/external/options.ts';

const phase = 'load';

/** Their script tags nothing: all its requests are interactive ones of the only phase. Ours keep their own kind. */
const tagged = (sink: Sink): Sink => {
  const isLoad = (series: string): boolean => /^(http_|iteration|dropped_|pgsurge_|checks|vus)/.test(series);
  const labels = (series: string, given: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
    isLoad(series) ? { kind: 'interactive', ...given, phase } : given;
  return {
    nowMs: () => sink.nowMs(),
    sample: (series, given, value, atMs) => sink.sample(series, labels(series, given), value, atMs),
    histogram: (series, given, histogram, atMs) => sink.histogram(series, labels(series, given), histogram, atMs),
    log: (...args) => sink.log(...args),
    source: (...args) => sink.source(...args),
  };
};

/** Whatever it answers, it lives; nothing at all is no service, and would be the fastest of all. */
const mustAnswer = async (url: string): Promise<void> => {
  try {
    await (await fetch(url, { signal: AbortSignal.timeout(5000), redirect: 'manual' })).arrayBuffer();
  } catch (error) {
    throw environmentError(
      `nothing answers at --target-url ${url} (${messageOf((error as Error).cause ?? error)}): start the service first; a dead one would be the fastest of all`,
    );
  }
};

/** The service as far as it is known: by its log, from here on. */
const logOnly = (logFile: string): Component => ({
  name: 'service',
  instance: 0,
  budget: null,
  logFile,
  logStartBytes: statSync(logFile).size,
  usage: () => null,
  kill: () => Promise.reject(new Error('a service of the user is never killed')),
  start: () => Promise.reject(new Error('a service of the user is never started')),
});

const drive = async (
  planned: PlanEntry,
  context: EntryContext,
  external: ExternalOptions,
  otlpUrl: string,
  onLoad: (load: RunningLoad) => void,
): Promise<MeasuredEntry['facts']['loadTotals']> => {
  const { folder, prepared, workspace, signal } = context;
  const load = startLoad({
    script: planned.file,
    k6: prepared.k6,
    phases: planned.phases,
    targetUrl: external.targetUrl ?? '',
    otlpUrl,
    seed: prepared.request.seed,
    profileName: prepared.profile.name,
    ledgerFile: folder.path('ledger', `${planned.entry}.ndjson`),
    summaryFile: folder.path('load', `${planned.entry}.json`),
    logFile: folder.path('logs', planned.entry, 'k6.log'),
    workspace,
    foreign: { forbiddenNetworks: await forbiddenNetworks(external.allowedHosts) },
    allowHost: loadedHost(external),
  });
  onLoad(load);
  context.onLoad();
  const stop = (): void => void load.stop();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  return load.done.finally(() => signal.removeEventListener('abort', stop));
};

const look = async (
  planned: PlanEntry,
  context: EntryContext,
  external: ExternalOptions,
  measured: MeasuredEntry,
): Promise<void> => {
  const { clock, folder, progress } = context;
  const { facts } = measured;
  if (external.targetUrl !== null) await mustAnswer(external.targetUrl);
  await using store = await openStore(folder.path('samples', planned.entry), clock);
  const { sink, figures } = watchSink(tagged(store));
  await using receiver = await startOtlpReceiver(sink, external.otlpPort === null ? {} : { port: external.otlpPort });
  await using stack = await externalStack({
    databaseUrl: external.databaseUrl,
    poolerAdminUrl: external.poolerAdminUrl,
    logsFolder: folder.path('logs', planned.entry),
  });
  measured.versions = stack.versions;
  facts.stackSettings = { ...facts.stackSettings, ...stack.settings };
  if (stack.hidden !== null) sink.source('postgres-visibility', false, stack.hidden);
  let load: RunningLoad | null = null;
  const service = external.serviceLog === null ? [] : [logOnly(external.serviceLog)];
  const components = (): Component[] => [...service, ...(load === null ? [] : [load.component])];
  await using _collection = await startCollectors({
    stack,
    components,
    probeUrl: external.databaseUrl,
    intervalMs: 500,
    sink,
  });
  const startMs = clock.nowMs();
  folder.event(startMs, 'phase', { entry: planned.entry, phase });
  progress.line(`${planned.entry}: your script, ${Math.round((planned.phases[0]?.endMs ?? 0) / 1000)} s at most`);
  const shown = setInterval(() => progress.live(figures.text()), 500);
  try {
    facts.loadTotals = await drive(planned, context, external, receiver.url, (running) => {
      load = running;
    });
  } finally {
    clearInterval(shown);
    facts.phases = [{ ...planned.phases[0]!, name: phase, startMs, endMs: clock.nowMs() }];
  }
};

/** As `measureEntry`: what went wrong is in the facts. */
export const measureExternal = async (
  planned: PlanEntry,
  context: EntryContext,
  external: ExternalOptions,
): Promise<MeasuredEntry> => {
  const facts = {
    ...emptyFacts(planned, context.prepared.request.seed),
    state: 'running' as MeasuredEntry['facts']['state'],
    startedMs: context.clock.nowMs(),
  };
  const measured: MeasuredEntry = { facts, ledger: null, sqlAnswers: {}, versions: {} };
  context.folder.event(context.clock.nowMs(), 'entry', { entry: planned.entry });
  try {
    await look(planned, context, external, measured);
    facts.state = context.signal.aborted ? 'interrupted' : 'finished';
  } catch (error) {
    failEntry(measured, error, context);
  }
  facts.endedMs = context.clock.nowMs();
  return measured;
};
