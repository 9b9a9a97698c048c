import type { Fault } from '../fault.ts';
import { toxicFault } from '../parts.ts';

/** `with.latencyMs` (200) on every answer (`with.stream` upstream: on every request) over `with.link` (service-pooler). `with.toxicity` 0 is accepted by Toxiproxy and does nothing. */
export const fault: Fault = {
  id: 'latency',
  title: 'Link slowed',
  colour: '#8a6d00',
  resolve: async (context) => {
    const latencyMs = Number(context.with['latencyMs'] ?? 200);
    return toxicFault(
      context,
      'latency',
      {
        type: 'latency',
        stream: context.with['stream'] === 'upstream' ? 'upstream' : 'downstream',
        toxicity: Number(context.with['toxicity'] ?? 1),
        attributes: { latency: latencyMs, jitter: 0 },
      },
      (probe) =>
        probe.kind === 'answered' && probe.tookMs >= latencyMs ? `an answer took ${probe.tookMs.toFixed(0)} ms` : null,
      latencyMs * 3 + 1000,
      3,
    );
  },
};
