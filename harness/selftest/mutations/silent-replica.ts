import { losing } from '../losing-sink.ts';
import type { Mutation } from '../mutation.ts';
import { untold } from '../proofs.ts';
import type { Plant } from '../../run/plant.ts';

/** Its first words come, so that it is known; from its fifth second on nothing is heard of it. */
const lastMs = 5000;

const silent: Plant['sink'] = (sink) => {
  let sinceMs: number | null = null;
  return losing((_, labels, atMs) => {
    if (labels['service.instance'] !== '1') return false;
    sinceMs ??= atMs;
    return atMs > sinceMs + lastMs;
  })(sink);
};

export const mutation: Mutation = {
  id: 'silent-replica',
  title: 'One of two replicas falls silent',
  kind: 'harness',
  quick: true,
  scenario: 'baseline',
  plant: { sink: silent },
  caughtBy: 'pool-utilisation',
  evidence: untold('pool-utilisation', /service 1 was not seen/),
};
