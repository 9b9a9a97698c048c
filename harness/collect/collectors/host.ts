import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import type { Collector } from '../collector.ts';
import { slowIntervalMs, watchSource } from '../source-watch.ts';

interface HostTimes {
  idle: number;
  total: number;
  waitMs: number;
  atMs: number;
}

/** /proc/stat's first line: user nice system idle iowait irq softirq steal; guest times are inside user. */
const readCpu = (): { idle: number; total: number } => {
  const fields = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]!.trim().split(/\s+/).slice(1, 9).map(Number);
  return { idle: (fields[3] ?? 0) + (fields[4] ?? 0), total: fields.reduce((sum, field) => sum + field, 0) };
};

/** /proc/pressure/cpu: microseconds in which at least one task waited for a CPU. Absent in some kernels. */
const readWaitMs = (): number => {
  try {
    return Number(/^some .*total=(\d+)/m.exec(readFileSync('/proc/pressure/cpu', 'utf8'))?.[1] ?? NaN) / 1000;
  } catch {
    return NaN;
  }
};

const read = (atMs: number): HostTimes => ({ ...readCpu(), waitMs: readWaitMs(), atMs });

export const collector: Collector = {
  id: 'host',
  title: 'The host: idle share, waiting for a CPU, load',
  start: async (context) => {
    let before = read(context.sink.nowMs());
    return watchSource(context, 'host', slowIntervalMs(context), async (atMs) => {
      const now = read(atMs);
      const ticks = now.total - before.total;
      // The first look comes at once, when hardly any time has passed of which a share could be taken.
      if (ticks < 5) return;
      context.sink.sample('host.cpu_idle_share', {}, (now.idle - before.idle) / ticks, atMs);
      context.sink.sample(
        'host.run_wait_share',
        {},
        Math.min(1, (now.waitMs - before.waitMs) / (atMs - before.atMs)),
        atMs,
      );
      context.sink.sample('host.load_average', { minutes: '1' }, loadavg()[0]!, atMs);
      before = now;
    });
  },
};
