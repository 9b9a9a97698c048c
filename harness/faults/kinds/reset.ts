import type { Fault } from '../fault.ts';
import { toxicFault } from '../parts.ts';

/** Connections are reset once they carry a byte; idle ones stay untouched until then. */
export const fault: Fault = {
  id: 'reset',
  title: 'Link resets connections',
  colour: '#9a3412',
  resolve: async (context) =>
    toxicFault(context, 'reset', { type: 'reset_peer', stream: 'upstream', attributes: { timeout: 0 } }, (probe) =>
      probe.kind === 'reset' ? probe.text : null,
    ),
};
