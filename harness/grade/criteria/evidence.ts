import { formatCount } from '../../measure/numbers-in-words.ts';
import { lostOnTheWay } from '../coverage/coverage.ts';
import { disagreementsOf } from '../identities.ts';
import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';

const lostSources = ({ observations }: JudgeInput): string[] =>
  observations.sources.filter(({ ok }) => !ok).map(({ source, reason }) => `${source} was lost: ${reason}`);

/** In the words of what did not arrive rather than of two figures, where k6 says it. */
const disagreeing = (input: JudgeInput): string[] => {
  const lost = lostOnTheWay(input);
  const others = (input.disagreements ?? disagreementsOf(input, null)).filter((words) => !words.includes("k6's own"));
  return [...(lost === null ? [] : [lost]), ...others];
};

const measure = (input: JudgeInput): Measurement => {
  const { sources } = input.observations;
  const measuredBy =
    'the last word of each source, and the counts of k6, receiver, service, ledger and database against each other';
  const broken = [...lostSources(input), ...disagreeing(input)];
  const count = sources.length;
  if (broken.length > 0) return { state: 'inconclusive', count, measuredBy, reason: broken.join('; ') };
  if (count === 0) return { state: 'inconclusive', count, measuredBy, reason: 'no source spoke at all' };
  const reason = `all ${formatCount(count)} sources spoke to the end, and their counts agree`;
  return { state: 'measured', value: count, count, measuredBy, reason };
};

export const criterion: Criterion = {
  id: 'evidence',
  title: 'Sources that spoke to the end, and counts that agree',
  failureTitle: 'Something that was measured was lost',
  source: 'ours',
  unit: 'sources',
  bounds: [],
  demand: 'all of them, else nothing here passes',
  causeRank: 0.4,
  always: true,
  gates: true,
  unexcused: ['inconclusive'],
  sees: { otherwise: 'it is itself the word of every source on whether it was heard' },
  chart: null,
  nextStep:
    'See what was lost and when: a full disk, a label with too many values, a receiver that could not keep up. ' +
    'Then measure again; what this run saw decides nothing.',
  measure,
};
