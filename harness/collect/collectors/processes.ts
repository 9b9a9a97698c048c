import { cgroupUsage } from '../cgroup-usage.ts';
import type { CollectContext, Collector, Sink } from '../collector.ts';
import { engineUsage } from '../engine-usage.ts';
import { memoryEveryMs } from '../memory-cadence.ts';
import { groupInputOutput, inputOutputCounter, type InputOutput } from '../process-io.ts';
import { memoryOf, readProcessTable, treeCounter, type ProcessTable, type TreeCounter } from '../process-usage.ts';
import type { Component } from '../../stack/stack.ts';
import { slowIntervalMs, watchSource } from '../source-watch.ts';

interface Usage {
  cpuSeconds: number;
  runWaitSeconds: number | null;
  memoryBytes: number | null;
  /** Bytes from and to disks move slowly: they are read when memory is, and of the same processes. */
  inputOutput: InputOutput | null;
}

/** What is counted of one component, as its processes come and go. */
interface Counters {
  tree: TreeCounter;
  inputOutput: ReturnType<typeof inputOutputCounter>;
}

/** The tree of its root, and what left it for another parent. */
const wholeTreeOf = (
  usage: { pid: number | null; others?: readonly number[] },
  table: ProcessTable,
): ReturnType<ProcessTable['treeOf']> => {
  const tree = table.treeOf(usage.pid as number);
  const inside = new Set(tree.map(({ pid }) => pid));
  return [...tree, ...(usage.others ?? []).filter((pid) => !inside.has(pid)).flatMap((pid) => table.treeOf(pid))];
};

/** A container on this machine is a tree of processes like any other, so that it is measured alike on each stack. */
const usageOf = async (
  component: Component,
  table: ProcessTable,
  counters: Counters,
  withMemory: boolean,
): Promise<Usage | null> => {
  const usage = component.usage();
  if (usage === null) return null;
  if (usage.kind === 'cgroup') {
    return { ...cgroupUsage(usage.path), inputOutput: withMemory ? groupInputOutput(usage.path) : null };
  }
  // The processes of an engine in another machine are not seen from here.
  if (usage.kind === 'container' && usage.pid === null)
    return withMemory ? { ...(await engineUsage(usage.id)), inputOutput: null } : null;
  const tree = wholeTreeOf(usage, table);
  if (tree.length === 0) return null;
  const withAll = withMemory && !('cpuOnly' in usage);
  return {
    ...counters.tree.read(tree),
    memoryBytes: withAll ? memoryOf(tree) : null,
    inputOutput: withAll ? counters.inputOutput(tree) : null,
  };
};

/** Says at each look whether it is time to read memory again. */
const memoryClock = (lengthMs: number | undefined): ((atMs: number) => boolean) => {
  let startedAtMs: number | null = null;
  let lastAtMs = -Infinity;
  return (atMs) => {
    startedAtMs ??= atMs;
    const due = atMs - lastAtMs >= memoryEveryMs(atMs - startedAtMs, lengthMs) * 0.95;
    if (due) lastAtMs = atMs;
    return due;
  };
};

const componentCounters = (): ((component: Component) => Counters) => {
  const counters = new Map<string, Counters>();
  return ({ name, instance }) => {
    const key = `${name} ${instance}`;
    const counter = counters.get(key) ?? { tree: treeCounter(), inputOutput: inputOutputCounter() };
    counters.set(key, counter);
    return counter;
  };
};

const put = (sink: Sink, { name, instance }: Component, usage: Usage, atMs: number): void => {
  const labels = { component: name, instance: String(instance) };
  sink.sample('process.cpu_seconds', labels, usage.cpuSeconds, atMs);
  if (usage.runWaitSeconds !== null) sink.sample('process.run_wait_seconds', labels, usage.runWaitSeconds, atMs);
  if (usage.memoryBytes !== null) sink.sample('process.memory_bytes', labels, usage.memoryBytes, atMs);
  if (usage.inputOutput === null) return;
  sink.sample('process.disk_read_bytes', labels, usage.inputOutput.diskReadBytes, atMs);
  sink.sample('process.disk_write_bytes', labels, usage.inputOutput.diskWriteBytes, atMs);
};

const recorder = ({ sink, components, lengthMs }: CollectContext): ((atMs: number) => Promise<void>) => {
  const counterOf = componentCounters();
  const memoryIsDue = memoryClock(lengthMs);
  return async (atMs) => {
    const table = readProcessTable();
    const withMemory = memoryIsDue(atMs);
    // The harness measures itself (collectors/self.ts).
    const others = components().filter(({ name }) => name !== 'harness');
    const measure = async (component: Component): Promise<void> => {
      const usage = await usageOf(component, table, counterOf(component), withMemory);
      if (usage !== null) put(sink, component, usage, atMs);
    };
    await Promise.all(others.map(measure));
  };
};

export const collector: Collector = {
  id: 'processes',
  title: 'CPU, waiting for a CPU, memory, and bytes from and to disks of each component',
  start: async (context) => {
    context.sink.declare?.('process.cpu_seconds', 'cumulative');
    context.sink.declare?.('process.run_wait_seconds', 'cumulative');
    context.sink.declare?.('process.disk_read_bytes', 'cumulative');
    context.sink.declare?.('process.disk_write_bytes', 'cumulative');
    const record = recorder(context);
    return watchSource(context, 'processes', slowIntervalMs(context), record);
  },
};
