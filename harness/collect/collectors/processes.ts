import { cgroupUsage } from '../cgroup-usage.ts';
import type { CollectContext, Collector } from '../collector.ts';
import { engineUsage } from '../engine-usage.ts';
import { memoryOf, readProcessTable, treeCounter, type ProcessTable, type TreeCounter } from '../process-usage.ts';
import type { Component } from '../../stack/stack.ts';
import { slowIntervalMs, watchSource } from '../source-watch.ts';

interface Usage {
  cpuSeconds: number;
  runWaitSeconds: number | null;
  memoryBytes: number | null;
}

/** Reading smaps_rollup walks the page tables of every backend, and locks them meanwhile: a third of the harness's cost at each second. */
const memoryEveryMs = (sinceStartMs: number): number => (sinceStartMs < 60_000 ? 2000 : 5000);

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
  const tree = table.treeOf(usage.pid as number);
  return tree.length === 0 ? null : { ...counter.read(tree), memoryBytes: withMemory ? memoryOf(tree) : null };
};

const recorder = ({ sink, components }: CollectContext): ((atMs: number) => Promise<void>) => {
  const counters = new Map<string, TreeCounter>();
  let startedAtMs: number | null = null;
  let memoryAtMs = -Infinity;
  return async (atMs) => {
    startedAtMs ??= atMs;
    const table = readProcessTable();
    const withMemory = atMs - memoryAtMs >= memoryEveryMs(atMs - startedAtMs) * 0.95;
    if (withMemory) memoryAtMs = atMs;
    await Promise.all(
      components()
        .filter(({ name }) => name !== 'harness')
        .map(async (component) => {
          const labels = { component: component.name, instance: String(component.instance) };
          const key = `${labels.component} ${labels.instance}`;
          const counter = counters.get(key) ?? treeCounter();
          counters.set(key, counter);
          const usage = await usageOf(component, table, counter, withMemory);
          if (usage === null) return;
          sink.sample('process.cpu_seconds', labels, usage.cpuSeconds, atMs);
          if (usage.runWaitSeconds !== null)
            sink.sample('process.run_wait_seconds', labels, usage.runWaitSeconds, atMs);
          if (usage.memoryBytes !== null) sink.sample('process.memory_bytes', labels, usage.memoryBytes, atMs);
        }),
    );
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
