import type { FaultResult } from '../../result.ts';
import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';

const words = {
  bit: 'it bit',
  partial: 'its target shows it, and the service felt nothing',
  'did-not-bite': 'it did not bite',
  unknown: 'it is not known to have bitten',
} as const;

const measuredBy =
  'proof of the bite at the target, from a source other than the service, and at the service; proof of the mending';

const biteWords = ({ title, bite, message }: FaultResult): string =>
  `${title}: ${words[bite]}${message == null ? '' : ` (${message})`}`;

const measure = ({ faults }: JudgeInput): Measurement => {
  if (faults.length === 0) return { state: 'notApplicable', reason: 'nothing was broken on purpose' };
  const unproved = faults.filter(({ bite }) => bite !== 'bit');
  const left = faults.filter(({ revertProved }) => !revertProved);
  const bit = faults.length - unproved.length;
  const measured = { state: 'measured' as const, value: bit, count: faults.length, numerator: bit, measuredBy };
  if (left.length > 0) {
    const reason = `not proved to be mended: ${left.map(({ title }) => title).join(', ')}`;
    return { ...measured, worst: { verdict: 'fail', reason } };
  }
  if (unproved.length === 0) return { ...measured, reason: `${bit} of ${faults.length} bit and were mended` };
  return { state: 'inconclusive', count: faults.length, measuredBy, reason: unproved.map(biteWords).join('; ') };
};

export const criterion: Criterion = {
  id: 'faults-bit',
  title: 'Faults that bit and were mended',
  failureTitle: 'A fault was left behind',
  source: 'ours',
  unit: 'faults',
  bounds: [],
  demand: 'each bit, else what was to be shown is not known; and each is proved to be mended, else it fails',
  causeRank: 3,
  always: true,
  unexcused: ['fail', 'inconclusive'],
  sees: {
    otherwise: 'each fault brings its own proofs, and what is not proved is unknown',
  },
  chart: null,
  nextStep:
    "Look at the fault's proofs: a fault that did not bite tested nothing. If it was left behind, run pgsurge clean.",
  measure,
};
