import type { SymptomResult } from '../../result.ts';
import { formatNumber } from '../../measure/numbers-in-words.ts';
import type { Criterion } from '../criterion.ts';

const inWords = ({ title, value, expected }: SymptomResult): string =>
  `${title} (${value == null ? 'not known' : formatNumber(value)}; ${expected})`;

const listed = (proofs: readonly SymptomResult[]): string => proofs.map(inWords).join('; ');

export const criterion: Criterion = {
  id: 'proofs',
  title: 'What the remedy has to show, by the scenario’s own measures',
  failureTitle: 'The remedy does not show what it has to',
  source: 'the scenario’s seeds (figures declared per scenario)',
  unit: 'proofs not shown',
  bounds: [{ severity: 'fail', comparator: '<=', value: 0 }],
  causeRank: 21,
  sees: {
    otherwise: 'each proof is looked for as a symptom is, and is unknown where its log, series or answer was lost',
  },
  chart: null,
  nextStep: 'Compare with the broken variant: the figure that did not change names what the remedy did not reach.',
  measure({ proofs = [] }) {
    const gating = proofs.filter(({ tag }) => tag !== 'claim');
    if (gating.length === 0)
      return { state: 'notApplicable', reason: 'the variant declares nothing that it has to show' };
    const of = (observed: boolean | null): SymptomResult[] => gating.filter((proof) => proof.observed === observed);
    const [absent, unknown] = [of(false), of(null)];
    const measuredBy = 'logs, series and queries that the scenario declares';
    const count = gating.length;
    if (absent.length === 0 && unknown.length > 0)
      return { state: 'inconclusive', count, measuredBy, reason: `could not be seen: ${listed(unknown)}` };
    const reason = absent.length > 0 ? `not shown: ${listed(absent)}` : `shown: ${listed(gating)}`;
    return { state: 'measured', value: absent.length, count, measuredBy, reason };
  },
};
