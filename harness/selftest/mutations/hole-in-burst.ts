import { losing, phaseWatch } from '../losing-sink.ts';
import type { Mutation } from '../mutation.ts';
import { untold } from '../proofs.ts';
import type { Plant } from '../../run/plant.ts';

const ofTheLoad = /^(?:http_req|iteration|vus|dropped|checks|data_|pgsurge_|harness)/;

/** k6's own figures come all the time; of service, pooler, database, processes and host nothing is kept. */
const torn: Plant['sink'] = (sink) => {
  const phase = phaseWatch();
  return losing((series, labels) => {
    phase.see(series, labels);
    return phase.now() === 'burst' && !ofTheLoad.test(series);
  })(sink);
};

export const mutation: Mutation = {
  id: 'hole-in-burst',
  title: 'The collectors saw nothing of the burst',
  kind: 'harness',
  scenario: 'burst',
  plant: { sink: torn },
  caughtBy: 'pool-utilisation',
  evidence: untold('pool-utilisation', /was not seen/),
};
