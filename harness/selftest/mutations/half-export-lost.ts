import { losing } from '../losing-sink.ts';
import type { Mutation } from '../mutation.ts';
import { untold } from '../proofs.ts';
import type { Plant } from '../../run/plant.ts';

const ofK6 = /^(?:http_req|iteration|dropped|checks|data_|pgsurge_)/;

/** Points of one export lie this near to each other, and exports come once a second. */
const exportMs = 300;

/** Every second export of k6 is answered, and then lost: rates and counts are half of what they were. */
const halved: Plant['sink'] = (sink) => {
  let beganMs = 0;
  let isLost = false;
  return losing((series, _, atMs) => {
    if (!ofK6.test(series)) return false;
    if (atMs - beganMs > exportMs) {
      beganMs = atMs;
      isLost = !isLost;
    }
    return isLost;
  })(sink);
};

export const mutation: Mutation = {
  id: 'half-export-lost',
  title: "Half of k6's exports are lost",
  kind: 'harness',
  quick: true,
  scenario: 'baseline',
  plant: { sink: halved },
  caughtBy: 'evidence',
  evidence: untold('evidence', /did not arrive/),
};
