import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import type { Collector } from '../collector.ts';
import { slowIntervalMs, watched } from '../watched.ts';

interface HostTimes { idle: number; total: number; runNs: number; waitNs: number }

/** /proc/stat's first line: user nice system idle iowait irq softirq steal; guest times are inside user. */
const readCpu = (): { idle: number; total: number } => {
  const fields = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]!.trim().split(/\s+/).slice(1, 9).map(Number);
  return { idle: (fields[3] ?? 0) + (fields[4] ?? 0), total: fields.reduce((sum, field) => sum + field, 0) };
};

/** /proc/schedstat, lines cpuN: fields 7 and 8 are ns that tasks ran and waited to run. Absent in some kernels. */
const readQueue = (): { runNs: number; waitNs: number } => {
  try {
    const rows = readFileSync('/proc/schedstat', 'utf8').split('\n').filter((line) => line.startsWith('cpu')).map((line) => line.split(' '));
    return { runNs: rows.reduce((sum, row) => sum + Number(row[7]), 0), waitNs: rows.reduce((sum, row) => sum + Number(row[8]), 0) };
  } catch {
    return { runNs: NaN, waitNs: NaN };
  }
};

const read = (): HostTimes => ({ ...readCpu(), ...readQueue() });

export const collector: Collector = {
  id: 'host',
  title: 'The host: idle share, waiting for a CPU, load',
  start: async (context) => {
    let before = read();
    return watched(context, 'host', slowIntervalMs(context), async (atMs) => {
      const now = read();
      const ticks = now.total - before.total;
      // The first look comes at once: a share of nothing says nothing.
      if (ticks < 5) return;
      context.sink.sample('host.cpu_idle_share', {}, (now.idle - before.idle) / ticks, atMs);
      context.sink.sample('host.run_wait_share', {}, (now.waitNs - before.waitNs) / Math.max(1, now.runNs - before.runNs), atMs);
      context.sink.sample('host.load_average', { minutes: '1' }, loadavg()[0]!, atMs);
      before = now;
    });
  },
};
