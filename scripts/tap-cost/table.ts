/** What the rounds say: medians, and from least to most. */
import { median } from 'simple-statistics';
import type { Measured, Round, Way } from './rounds.ts';

const spread = (values: readonly number[], digits: number): string => {
  if (values.length === 0) return '';
  const [middle, least, most] = [median([...values]), Math.min(...values), Math.max(...values)];
  return `${middle.toFixed(digits)} (${least.toFixed(digits)} to ${most.toFixed(digits)})`;
};

/** Against the same round's way without a proxy. */
const added = (what: 'p95Ms' | 'sentP95Ms', way: Way, rounds: readonly Round[]): number[] =>
  rounds.flatMap(({ measured }) => {
    const [own, direct] = [measured[way], measured.direct];
    return own === undefined || direct === undefined ? [] : [own[what] - direct[what]];
  });

const rowOf = (rate: number, way: Way, all: readonly Round[]): string => {
  const rounds = all.filter(({ measured }) => way in measured);
  const of = (what: keyof Measured): number[] => rounds.map(({ measured }) => measured[way]![what]);
  const ofProxy = [
    spread(added('p95Ms', way, rounds), 3),
    spread(added('sentP95Ms', way, rounds), 3),
    spread(of('cores'), 3),
    spread(of('cpuUs'), 1),
  ];
  const loads = rounds.map(({ load }) => load);
  const cells = [rate, way, rounds.length, spread(of('p95Ms'), 3), ...(way === 'direct' ? ['', '', '', ''] : ofProxy)];
  return `| ${[...cells, spread(loads, 2)].join(' | ')} |`;
};

const heading = [
  '| statements/s | way | rounds | p95, ms | added, ms | added since sent, ms | cores | µs CPU a statement | load |',
  '|---|---|---|---|---|---|---|---|---|',
];

export const tableOf = (rounds: readonly Round[]): string => {
  const byRate = [...Map.groupBy(rounds, ({ rate }) => rate)].toSorted(([one], [other]) => one - other);
  const rows = byRate.flatMap(([rate, own]) => {
    const ways = new Set(own.flatMap(({ measured }) => Object.keys(measured) as Way[]));
    return [...ways].map((way) => rowOf(rate, way, own));
  });
  return [...heading, ...rows].join('\n');
};
