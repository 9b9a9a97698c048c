import { defineFault } from '../fault.ts';
import { linkOption, streamOption, toxicFault } from '../toxics.ts';

/**
 * Bytes vanish, without a reset. Where answers vanish, outcomes become unknown: the row commits, and the client never
 * hears of it. When the toxic is taken away, every connection that it held is closed.
 */
export const fault = defineFault({
  id: 'blackhole',
  title: 'Link swallows bytes',
  options: { link: linkOption, stream: streamOption },
  resolve: async (context, { link, stream }) =>
    toxicFault(context, {
      id: 'blackhole',
      link,
      toxic: { type: 'timeout', stream, attributes: { timeout: 0 } },
      bites: (probe) => (probe.kind === 'silent' ? 'no byte came back within a second' : null),
      probeLimitMs: 1000,
    }),
});
