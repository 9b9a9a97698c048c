import { unknown } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { shortened, withFault } from '../short-load.ts';

/**
 * The harness takes another proxy for the one in front of the pooler: the toxic is in force, and no traffic passes it.
 */
export const mutation: Mutation = {
  id: 'wrong-proxy',
  title: 'The toxic is put on another proxy',
  kind: 'harness',
  scenario: 'blackhole',
  plant: {
    declaration: (declaration) =>
      withFault(shortened(declaration), (step) => ({ ...step, with: { ...step.with, link: 'service-database' } })),
    faultContext: (context) => {
      const { toxiproxy } = context.stack;
      const meant = toxiproxy?.proxies['service-pooler'];
      if (toxiproxy === null || meant === undefined) return context;
      const proxies = { ...toxiproxy.proxies, 'service-database': meant };
      return { ...context, stack: { ...context.stack, toxiproxy: { ...toxiproxy, proxies } } };
    },
  },
  caughtBy: 'faults-bit',
  evidence: unknown('faults-bit'),
};
