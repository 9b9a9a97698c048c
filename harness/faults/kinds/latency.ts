import { z } from 'zod';
import { defineFault } from '../fault.ts';
import { linkOption, streamOption, toxicFault } from '../toxics.ts';

/** Every answer over the link is late; with the stream upstream, every request. */
export const fault = defineFault({
  id: 'latency',
  title: 'Link slowed',
  options: {
    link: linkOption,
    stream: streamOption,
    latencyMs: z.number().positive().default(200),
    /** Share of the connections that are slowed. Toxiproxy accepts 0 and then does nothing. */
    toxicity: z.number().min(0).max(1).default(1),
  },
  resolve: async (context, { link, stream, latencyMs, toxicity }) =>
    toxicFault(context, {
      id: 'latency',
      link,
      toxic: { type: 'latency', stream, toxicity, attributes: { latency: latencyMs, jitter: 0 } },
      bites: (probe) =>
        probe.kind === 'answered' && probe.tookMs >= latencyMs ? `an answer took ${probe.tookMs.toFixed(0)} ms` : null,
      probeLimitMs: latencyMs * 3 + 1000,
      // One late answer may be the busy machine's doing.
      probes: 3,
    }),
});
