import { formatCount } from '../../measure/numbers-in-words.ts';
import { lostOnTheWay, unseenBy } from '../coverage/coverage.ts';
import { heardBy, sourceKinds, type SourceId } from '../coverage/sources.ts';
import { unreadIn } from '../coverage/unread.ts';
import { disagreementsOf } from '../identities.ts';
import { loadedWindows } from '../judged-windows.ts';
import type { Criterion, JudgeInput, Measurement, Need } from '../criterion.ts';

const lostSources = ({ observations }: JudgeInput): string[] =>
  observations.sources.filter(({ ok }) => !ok).map(({ source, reason }) => `${source} was lost: ${reason}`);

/** In the words of what did not arrive rather than of two figures, where k6 says it. */
const disagreeing = (input: JudgeInput): string[] => {
  const lost = lostOnTheWay(input);
  const others = (input.disagreements ?? disagreementsOf(input, null)).filter(({ kind }) => kind === 'others');
  return [...(lost === null ? [] : [lost]), ...others.map(({ words }) => words)];
};

/** Of a stack of ours each is there; of a stranger's those that were asked, or heard. */
const isExpected = (source: SourceId, { observations, stackSpec, route }: JudgeInput): boolean => {
  if (stackSpec !== null) return source !== 'pooler' || route !== 'direct';
  const { status } = sourceKinds[source];
  return observations.sources.some((one) => status.test(one.source)) || heardBy(observations, source).size > 0;
};

/** No criterion has a bound on these, and yet reasons and findings stand on them. */
const needed: readonly Need[] = (['pooler', 'host'] as const).map((source) => ({
  source,
  windows: (input) => (isExpected(source, input) ? loadedWindows(input.phases) : []),
}));

const silent = (input: JudgeInput): string[] =>
  unseenBy(needed, input)
    .filter(({ kind }) => kind === 'silent')
    .map(({ words }) => words);

/** Without a request, a check and a threshold nothing says how the service did, and all else may well be quiet. */
const saysNothing = ({ missing, loadTotals }: JudgeInput): string[] => {
  if (missing?.requests === undefined || loadTotals === null) return [];
  const { checks = [], thresholds = [] } = loadTotals;
  if ((checks ?? []).length > 0 || (thresholds ?? []).length > 0) return [];
  return ['the script sent no HTTP request and has neither check nor threshold: nothing says how the service did'];
};

const agreementWords = (input: JudgeInput): string => {
  const count = formatCount(input.observations.sources.length);
  const unread = unreadIn(input, [{ startMs: -Infinity, endMs: Infinity }]);
  const beside = unread === null ? '' : `; ${unread}, and what needs it is not known`;
  return `all ${count} sources spoke to the end, and their counts agree${beside}`;
};

const measure = (input: JudgeInput): Measurement => {
  const { sources } = input.observations;
  const measuredBy =
    'the last word of each source, and the counts of k6, receiver, service, ledger and database against each other';
  const broken = [...lostSources(input), ...disagreeing(input), ...silent(input), ...saysNothing(input)];
  const count = sources.length;
  if (broken.length > 0) return { state: 'inconclusive', count, measuredBy, reason: broken.join('; ') };
  if (count === 0) return { state: 'inconclusive', count, measuredBy, reason: 'no source spoke at all' };
  return { state: 'measured', value: count, count, measuredBy, reason: agreementWords(input) };
};

export const criterion: Criterion = {
  id: 'evidence',
  title: 'Sources that spoke to the end, and counts that agree',
  failureTitle: 'Something that was measured was lost',
  source: 'ours',
  unit: 'sources',
  bounds: [],
  demand: 'each spoke to the end and all counts agree, else the entry is inconclusive at best',
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
