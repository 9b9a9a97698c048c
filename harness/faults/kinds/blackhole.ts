import type { Fault } from '../fault.ts';
import { toxicFault } from '../parts.ts';

/**
 * Bytes vanish, no reset. Of answers only (`with.stream` downstream, the default) it makes unknown outcomes: the row
 * commits, the client never hears. Taking the toxic away closes every connection it held.
 */
export const fault: Fault = {
  id: 'blackhole',
  title: 'Link swallows bytes',
  colour: '#3f3f46',
  resolve: async (context) =>
    toxicFault(
      context,
      'blackhole',
      {
        type: 'timeout',
        stream: context.with['stream'] === 'upstream' ? 'upstream' : 'downstream',
        attributes: { timeout: 0 },
      },
      (probe) => (probe.kind === 'silent' ? 'no byte came back within a second' : null),
      1000,
    ),
};
