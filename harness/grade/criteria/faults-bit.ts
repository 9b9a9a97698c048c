import type { Criterion } from '../criterion.ts';

const words = {
  bit: 'it bit',
  partial: 'its target shows it, and the service felt nothing',
  'did-not-bite': 'it did not bite',
  unknown: 'it is not known to have bitten',
} as const;

export const criterion: Criterion = {
  id: 'faults-bit',
  title: 'Faults that bit and were mended',
  failureTitle: 'A fault was left behind',
  source: 'ours',
  unit: 'faults',
  bounds: [],
  demand: 'all of them',
  causeRank: 3,
  always: true,
  unexcused: ['fail', 'inconclusive'],
  chart: null,
  nextStep:
    "Look at the fault's proofs: a fault that did not bite tested nothing. If it was left behind, run pgsurge clean.",
  measure(input) {
    const { faults } = input;
    if (faults.length === 0) return { state: 'notApplicable', reason: 'nothing was broken on purpose' };
    const bit = faults.filter((fault) => fault.bite === 'bit').length;
    const measuredBy =
      'proof of the bite at the target, from a source other than the service, and at the service; proof ' +
      'of the mending';
    const unproved = faults.filter((fault) => fault.bite !== 'bit');
    const left = faults.filter((fault) => !fault.revertProved);
    if (left.length > 0)
      return {
        state: 'measured',
        value: bit,
        count: faults.length,
        numerator: bit,
        measuredBy,
        worst: { verdict: 'fail', reason: `not proved to be mended: ${left.map(({ title }) => title).join(', ')}` },
      };
    if (unproved.length > 0)
      return {
        state: 'inconclusive',
        count: faults.length,
        measuredBy,
        reason: unproved
          .map(({ title, bite, message }) => `${title}: ${words[bite]}${message == null ? '' : ` (${message})`}`)
          .join('; '),
      };
    return {
      state: 'measured',
      value: bit,
      count: faults.length,
      numerator: bit,
      measuredBy,
      reason: `${bit} of ${faults.length} bit and were mended`,
    };
  },
};
