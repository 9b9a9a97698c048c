import { defineFault } from '../fault.ts';
import { linkOption, toxicFault } from '../toxics.ts';

/** Connections are reset once they carry a byte; idle ones stay untouched until then. */
export const fault = defineFault({
  id: 'reset',
  title: 'Link resets connections',
  options: { link: linkOption },
  resolve: async (context, { link }) =>
    toxicFault(context, {
      id: 'reset',
      link,
      toxic: { type: 'reset_peer', stream: 'upstream', attributes: { timeout: 0 } },
      bites: (probe) => (probe.kind === 'reset' ? probe.text : null),
    }),
});
