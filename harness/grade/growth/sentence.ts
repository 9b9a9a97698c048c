/** The answer in one sentence, for the first screen. */
import type { GrowthLimit } from '../../growth.ts';
import { formatNumber } from '../../measure/numbers-in-words.ts';

const times = (factor: number): string => `${formatNumber(Number(factor.toPrecision(2)))} ×`;

/** " (1.9 to 2.8)"; an open end is said. */
const rangeWords = ({ low, high }: GrowthLimit): string => {
  const [from, to] = [low, high].map((end) => (end === null ? null : formatNumber(Number(end.toPrecision(2)))));
  if (from === null && to === null) return '';
  if (to === null) return ` (at least ${from})`;
  return from === null ? ` (at most ${to})` : ` (${from} to ${to})`;
};

/** Those that may come first as well: their interval begins before the first one's ends. */
const rivalsOf = (first: GrowthLimit, limits: readonly GrowthLimit[]): GrowthLimit[] =>
  limits.filter(
    ({ id, state, low, factor }) =>
      id !== first.id && state === 'ahead' && (low ?? factor ?? Infinity) < (first.high ?? Infinity),
  );

const rivalWords = (first: GrowthLimit, limits: readonly GrowthLimit[]): string => {
  const [nearest] = rivalsOf(first, limits).sort((a, b) => a.factor! - b.factor!);
  return nearest === undefined ? '' : `; as far as can be told it may also be that ${nearest.meaning}`;
};

/** What could not be told may come before what could. */
const unknownWords = (limits: readonly GrowthLimit[]): string => {
  const count = limits.filter(({ state, reason }) => state === 'unknown' && !reason.includes('only once')).length;
  if (count === 0) return '';
  return `. Of ${count} other ${count === 1 ? 'bound' : 'bounds'} nothing can be told`;
};

interface Excuse {
  name: string;
  reason: string;
}

const excuseWords = (excuses: readonly Excuse[]): string =>
  excuses.length === 0 ? '' : `. Left out: ${excuses.map(({ name, reason }) => `${name} (${reason})`).join('; ')}`;

const withoutFirst = (limits: readonly GrowthLimit[]): string => {
  const known = limits.filter(({ state }) => state === 'far');
  if (known.length === 0) return 'How much room there is cannot be told from these rows';
  return 'No bound is reached as far as a line may be drawn through these rows';
};

const roomWords = (first: GrowthLimit, baseJobs: number): string => {
  const jobs = formatNumber(Math.round(first.factor! * baseJobs));
  if (first.state === 'met' && first.low === null) return `You have no room: at ${jobs} active jobs ${first.meaning}`;
  return `You have room for ${times(first.factor!)} the baseline's load${rangeWords(first)} until ${first.meaning}`;
};

export const sentenceOf = (
  first: GrowthLimit | null,
  limits: readonly GrowthLimit[],
  excuses: readonly Excuse[],
  baseJobs: number,
): string => {
  const answer = first === null ? withoutFirst(limits) : roomWords(first, baseJobs) + rivalWords(first, limits);
  return `${answer}${unknownWords(limits)}${excuseWords(excuses)}.`;
};
