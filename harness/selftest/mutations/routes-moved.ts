import { failed } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';

/** A 404 is quick and takes neither a connection nor CPU: all else looks better than ever. */
export const mutation: Mutation = {
  id: 'routes-moved',
  title: 'The service answers 404 to everything',
  kind: 'service',
  quick: true,
  scenario: 'baseline',
  plant: { settings: { routesMoved: true } },
  caughtBy: 'goodput',
  evidence: failed('goodput'),
};
