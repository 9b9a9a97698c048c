import { cgroupUsage } from '../cgroup-usage.ts';
import type { CollectContext, Collector, Sink } from '../collector.ts';
import { engineUsage } from '../engine-usage.ts';
import { memoryEveryMs } from '../memory-cadence.ts';
import { memoryOf, readProcessTable, treeCounter, type ProcessTable, type TreeCounter } from '../process-usage.ts';
import type { Component } from '../../stack/stack.ts';
import { slowIntervalMs, watchSource } from '../source-watch.ts';

interface Usage {
  cpuSeconds: number;
  runWaitSeconds: number | null;
  memoryBytes: number | null;
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
  counter: TreeCounter,
  withMemory: boolean,
): Promise<Usage | null> => {
  const usage = component.usage();
  if (usage === null) return null;
  if (usage.kind === 'cgroup') return cgroupUsage(usage.path);
  if (usage.kind === 'container' && usage.pid === null) return withMemory ? engineUsage(usage.id) : null;
  const tree = wholeTreeOf(usage, table);
  return tree.length === 0 ? null : { ...counter.read(tree), memoryBytes: withMemory ? memoryOf(tree) : null };
};

/** Says at each look whether it is time to read memory again. */
const memoryClock = (): ((atMs: number) => boolean) => {
  let startedAtMs: number | null = null;
  let lastAtMs = -Infinity;
  return (atMs) => {
    startedAtMs ??= atMs;
    const due = atMs - lastAtMs >= memoryEveryMs(atMs - startedAtMs) * 0.95;
    if (due) lastAtMs = atMs;
    return due;
  };
};

/** One counter for each component, kept as its processes come and go. */
const componentCounters = (): ((component: Component) => TreeCounter) => {
  const counters = new Map<string, TreeCounter>();
  return ({ name, instance }) => {
    const key = `${name} ${instance}`;
    const counter = counters.get(key) ?? treeCounter();
    counters.set(key, counter);
    return counter;
  };
};

const put = (sink: Sink, { name, instance }: Component, usage: Usage, atMs: number): void => {
  const labels = { component: name, instance: String(instance) };
  sink.sample('process.cpu_seconds', labels, usage.cpuSeconds, atMs);
  if (usage.runWaitSeconds !== null) sink.sample('process.run_wait_seconds', labels, usage.runWaitSeconds, atMs);
  if (usage.memoryBytes !== null) sink.sample('process.memory_bytes', labels, usage.memoryBytes, atMs);
};

const recorder = ({ sink, components }: CollectContext): ((atMs: number) => Promise<void>) => {
  const counterOf = componentCounters();
  const memoryIsDue = memoryClock();
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
  title: 'CPU, waiting for a CPU, and memory of each component',
  start: async (context) => {
    context.sink.declare?.('process.cpu_seconds', 'cumulative');
    context.sink.declare?.('process.run_wait_seconds', 'cumulative');
    const record = recorder(context);
    return watchSource(context, 'processes', slowIntervalMs(context), record);
  },
};
