import type { Component } from '../../stack/stack.ts';
import type { Collector } from '../collector.ts';
import { memoryEveryMs } from '../memory-cadence.ts';
import { groupInputOutput, inputOutputCounter, type InputOutput } from '../process-io.ts';
import { readProcessTable, type ProcessTable } from '../process-usage.ts';
import { slowIntervalMs, watchSource } from '../source-watch.ts';

type Counter = ReturnType<typeof inputOutputCounter>;

/** Null also for containers of an engine in another machine, whose processes are not seen from here. */
const inputOutputOf = (component: Component, table: ProcessTable, counter: Counter): InputOutput | null => {
  const usage = component.usage();
  if (usage === null) return null;
  if (usage.kind === 'cgroup') return groupInputOutput(usage.path);
  return usage.pid === null ? null : counter(table.treeOf(usage.pid));
};

/** Bytes from and to disks move slowly: they are read as seldom as memory is. */
export const collector: Collector = {
  id: 'disks',
  title: 'Bytes that each component read from disks and wrote to them',
  start: async (context) => {
    const { sink, components } = context;
    for (const direction of ['read', 'write']) sink.declare?.(`process.disk_${direction}_bytes`, 'cumulative');
    const counters = new Map<string, Counter>();
    let startedAtMs: number | null = null;
    let lastAtMs = -Infinity;
    return watchSource(context, 'disks', slowIntervalMs(context), async (atMs) => {
      startedAtMs ??= atMs;
      if (atMs - lastAtMs < memoryEveryMs(atMs - startedAtMs) * 0.95) return;
      lastAtMs = atMs;
      const table = readProcessTable();
      for (const component of components()) {
        const labels = { component: component.name, instance: String(component.instance) };
        const key = `${component.name} ${component.instance}`;
        const counter = counters.get(key) ?? inputOutputCounter();
        counters.set(key, counter);
        const bytes = inputOutputOf(component, table, counter);
        if (bytes === null) continue;
        sink.sample('process.disk_read_bytes', labels, bytes.diskReadBytes, atMs);
        sink.sample('process.disk_write_bytes', labels, bytes.diskWriteBytes, atMs);
      }
    });
  },
};
