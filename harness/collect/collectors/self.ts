import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Collector } from '../collector.ts';
import { slowIntervalMs, watchSource } from '../source-watch.ts';

const labels = { component: 'harness', instance: '0' };

export const collector: Collector = {
  id: 'self',
  title: "The harness's own cost",
  start: async (context) => {
    const delay = monitorEventLoopDelay({ resolution: 20 });
    delay.enable();
    context.sink.declare?.('process.cpu_seconds', 'cumulative');
    const ticker = watchSource(context, 'self', slowIntervalMs(context), async (atMs) => {
      const { user, system } = process.cpuUsage();
      context.sink.sample('process.cpu_seconds', labels, (user + system) / 1e6, atMs);
      context.sink.sample('process.memory_bytes', labels, process.memoryUsage.rss(), atMs);
      context.sink.sample('harness.event_loop_delay', {}, delay.max / 1e6, atMs);
      delay.reset();
    });
    return {
      [Symbol.asyncDispose]: async () => {
        delay.disable();
        await ticker[Symbol.asyncDispose]();
      },
    };
  },
};
