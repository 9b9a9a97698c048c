/** One process of a team's own service: its command, in its folder, with what it is told of the stack. */
import { openSync, closeSync, readSync, fstatSync } from 'node:fs';
import path from 'node:path';
import type { OwnProcess, OwnService } from '../config/own-service.ts';
import { asProgram, variablesFor, type Places } from '../config/variables.ts';
import { lastWords } from '../system/log-tail.ts';
import { listeningPorts } from '../system/listening.ts';
import { processTree } from '../system/proc.ts';
import type { OwnedProcess } from '../system/process.ts';
import { treeVariable, wholeTree, type WholeTree } from '../system/whole-tree.ts';
import type { StartedStack } from '../stack/stack.ts';
import { host, type LaunchContext } from './placement.ts';
import { answers, SupervisedProcess, type ServiceProcess } from './service-process.ts';
import type { ServiceSpec } from './started-service.ts';

export interface OwnLaunch extends LaunchContext {
  stack: StartedStack;
  service: OwnService;
  spec: Pick<ServiceSpec, 'route' | 'otlpUrl' | 'metricsIntervalMs'>;
}

export interface OwnInstance {
  process: OwnProcess;
  /** Its number among those of its kind, from 0. */
  number: number;
  /** Its number among all processes of the service. */
  instance: number;
  /** Where it must listen; null for one that answers no requests. */
  port: number | null;
}

/** What a service that exports OpenTelemetry metrics needs to send them here; others do not look at it. */
const metricsVariables = ({ otlpUrl, metricsIntervalMs = 1000 }: OwnLaunch['spec']): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${otlpUrl}/v1/metrics`,
  OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/protobuf',
  OTEL_METRIC_EXPORT_INTERVAL: String(metricsIntervalMs),
});

export const placesOf = ({ stack, spec }: OwnLaunch, one: { port: number | null; number: number } | null): Places => ({
  databaseUrl: stack.serviceUrl(spec.route, 'app'),
  directUrl: stack.serviceUrl('direct', 'app'),
  otlpUrl: spec.otlpUrl,
  ...(one === null ? {} : { replica: one.number }),
  ...(one?.port == null ? {} : { port: one.port }),
});

const environmentFor = (launch: OwnLaunch, one: OwnInstance): Record<string, string> => {
  const { database, port } = launch.service;
  return {
    ...metricsVariables(launch.spec),
    ...('variable' in port && one.port !== null ? { [port.variable]: String(one.port) } : {}),
    ...variablesFor(database, one.process.environment, placesOf(launch, one)),
  };
};

/** What a service writes beyond this before it is ready is not searched. */
const longestLog = 4 * 1024 * 1024;

const logHolds = (file: string, fromByte: number, text: string): boolean => {
  const descriptor = openSync(file, 'r');
  try {
    const length = Math.min(longestLog, fstatSync(descriptor).size - fromByte);
    if (length <= 0) return false;
    const buffer = Buffer.alloc(length);
    readSync(descriptor, buffer, 0, length, fromByte);
    return buffer.includes(text);
  } finally {
    closeSync(descriptor);
  }
};

/** Whatever it answers, it serves; what is no HTTP is an answer too. */
const answersAnything = async (url: string): Promise<boolean> => {
  try {
    await (await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(1000) })).arrayBuffer();
    return true;
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } };
    return cause?.code?.startsWith('HPE_') === true;
  }
};

/** A worker that says nothing of itself has started when it still runs. */
const settledMs = 500;

const isReadyOf = (
  { process: { ready }, port }: OwnInstance,
  logFile: string,
  ageMs: () => number,
): ((owned: OwnedProcess | null, logStart: number) => Promise<boolean>) => {
  const byLog = (logStart: number): boolean => ready.log === null || logHolds(logFile, logStart, ready.log);
  return async (owned, logStart) => {
    if (owned === null || owned.ended !== null || !byLog(logStart)) return false;
    if (port === null) return ready.log !== null || ageMs() >= settledMs;
    const url = `http://${host}:${port}`;
    return ready.path === null ? answersAnything(url) : answers(url + ready.path);
  };
};

/** That it listens where nobody looks is the usual reason why a service never gets ready. */
const listensWhere = ({ port }: OwnInstance, { service }: OwnLaunch): ((owned: OwnedProcess) => string) => {
  const asked = 'variable' in service.port ? `${service.port.variable}=${port} asked for` : `service.port ${port} says`;
  return ({ pid }) => {
    if (port === null) return '';
    const found = listeningPorts(processTree(pid).map((one) => one.pid));
    const there = found.find((one) => one.port === port);
    if (there?.isReachable === true) return `: it listens on ${port}, but gives no such answer`;
    if (there !== undefined) return `: it listens on ${port}, but not at ${host}`;
    if (found.length === 0) return `: it listens on no port`;
    return (
      `: it listens on ${found.map((one) => one.port).join(', ')}, not on ${port} as ${asked}; ` +
      'give service.port the name of the variable that it reads, or the port itself'
    );
  };
};

const othersEveryMs = 2000;

/** The service's other processes; looked for now and then, since each look reads the environment of every process. */
const othersOf = (tree: () => WholeTree | null, pid: () => number): (() => readonly number[]) => {
  let lookedAtMs = -Infinity;
  let others: readonly number[] = [];
  return () => {
    if (performance.now() - lookedAtMs < othersEveryMs) return others;
    lookedAtMs = performance.now();
    const below = new Set(processTree(pid()).map((one) => one.pid));
    others = (tree()?.members() ?? []).map((one) => one.pid).filter((one) => !below.has(one));
    return others;
  };
};

const titleOf = ({ process: { name, replicas }, number }: OwnInstance): string => {
  if (name === 'service') return replicas === 1 ? 'the process' : `replica ${number}`;
  return replicas === 1 ? name : `${name} ${number}`;
};

const complaint = (logFile: string, fromByte: number): string => {
  const { last } = lastWords(logFile, fromByte);
  return last === '' ? '' : `: ${last}`;
};

export const ownProcess = (launch: OwnLaunch, one: OwnInstance): ServiceProcess => {
  const { workspace, logsFolder, log } = launch;
  const { process: own, number } = one;
  const logFile = path.join(logsFolder, `${own.name}-${number}.log`);
  const mark = `${workspace.id}/${own.name}-${number}`;
  let tree: WholeTree | null = null;
  let pid = 0;
  let startedMs = 0;
  const spawn = (): OwnedProcess => {
    const { file, args } = asProgram(own.command, placesOf(launch, one));
    const env = { ...environmentFor(launch, one), [treeVariable]: mark };
    startedMs = performance.now();
    const owned = workspace.spawn(mark, file, args, { env, cwd: own.cwd, logFile, stopSignal: own.stop.signal });
    tree = wholeTree(owned, mark);
    ({ pid } = owned);
    return owned;
  };
  return new SupervisedProcess({
    component: 'service',
    instance: one.instance,
    title: titleOf(one),
    budget: own.budget,
    logFile,
    isReady: isReadyOf(one, logFile, () => performance.now() - startedMs),
    readyLimitMs: own.ready.limitMs,
    supervise: true,
    log,
    spawn,
    asTree: {
      stop: async () => tree?.stop(own.stop.signal, own.stop.graceMs),
      crash: async () => tree?.crash(),
      signal: async (signal) => tree?.signal(signal),
      others: othersOf(
        () => tree,
        () => pid,
      ),
    },
    complaint,
    hint: listensWhere(one, launch),
  });
};
