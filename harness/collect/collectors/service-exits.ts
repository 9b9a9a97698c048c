import type { Collector, CollectContext } from '../collector.ts';
import { slowIntervalMs, watchSource } from '../source-watch.ts';

/** Puts the count of each replica's ends into the sink, and a line for each that is new. */
const exitsLook = ({ sink, components }: CollectContext): ((atMs: number) => void) => {
  const told = new Map<number, number>();
  sink.declare?.('service.exits', 'cumulative');
  return (atMs) => {
    for (const { name, instance, exits } of components()) {
      const seen = name === 'service' ? exits?.() : undefined;
      if (seen === undefined) continue;
      for (const { atEpochMs, how } of seen.slice(told.get(instance) ?? 0)) {
        const diedAtMs = sink.nowMs() - (Date.now() - atEpochMs);
        sink.log('service', instance, `supervisor: replica ${instance} of the service died (${how})`, diedAtMs);
      }
      told.set(instance, seen.length);
      sink.sample('service.exits', { instance: String(instance) }, seen.length, atMs);
    }
  };
};

export const collector: Collector = {
  id: 'service-exits',
  title: 'Replicas that ended by themselves, as their supervisor saw it',
  start: async (context) => {
    const look = exitsLook(context);
    const last: AsyncDisposable = { [Symbol.asyncDispose]: async () => look(context.sink.nowMs()) };
    return watchSource(context, 'service-exits', slowIntervalMs(context), async (atMs) => look(atMs), [last]);
  },
};
