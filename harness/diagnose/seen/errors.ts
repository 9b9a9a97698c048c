/** Errors by family, as the logs and the tap counted them: one error may stand in several, so none are added up. */
import type { Evidence, ScenarioResult } from '../../result.ts';
import { classifyError } from '../../measure/errors/classify.ts';
import { seriesOf, type LogLine, type Observations, type Series } from '../../measure/tracks/observations.ts';
import { growthOf, totalOf, type Window } from '../../measure/tracks/windows.ts';

/** Who told of an error: the service's log, the pooler's, the database's, or the tap. */
type Teller = 'service' | 'pooler' | 'database' | 'tap';

interface Told {
  teller: Teller;
  count: number;
  firstMs: number | null;
}

export interface Errors {
  /** The most that one teller counted. */
  count(...families: string[]): number;
  countBy(teller: Teller, ...families: string[]): number;
  /** Kept lines whose text fits, of all logs. */
  lines(pattern: RegExp): LogLine[];
  /** Who told of it, with an example: nothing where nobody did. */
  evidence(...families: string[]): Evidence[];
  /** When the first of them was seen. */
  firstMs(...families: string[]): number | null;
  /** Some log of this component was read. */
  hasLog(component: 'service' | 'pooler' | 'database'): boolean;
  families: ReadonlySet<string>;
}

const counters: Readonly<Record<Exclude<Teller, 'tap'>, string>> = {
  service: 'service.log_errors',
  pooler: 'pooler.log_errors',
  database: 'postgres.log_errors',
};

const names: Readonly<Record<Teller, string>> = {
  service: "the service's log",
  pooler: "the pooler's log",
  database: "the database's log",
  tap: 'the tap',
};

const firstGrowth = ({ tMs, values }: Series, window: Window): number | null => {
  const index = Array.from(values).findIndex(
    (value, at) => tMs[at]! > window.startMs && tMs[at]! <= window.endMs && value > (values[at - 1] ?? 0),
  );
  return index < 0 ? null : tMs[index]!;
};

const firstAmount = ({ tMs, values }: Series, window: Window): number | null => {
  const index = Array.from(values).findIndex(
    (value, at) => value > 0 && tMs[at]! > window.startMs && tMs[at]! <= window.endMs,
  );
  return index < 0 ? null : tMs[index]!;
};

const earliest = (times: readonly (number | null)[]): number | null =>
  times.reduce<number | null>((first, one) => (one === null || (first !== null && first <= one) ? first : one), null);

/** A counter begins at 0: what it held at its first sample is an error too. */
const grown = (series: Series, window: Window): number => {
  const first = series.values[0] ?? 0;
  const startsInside = (series.tMs[0] ?? Infinity) > window.startMs && (series.tMs[0] ?? 0) <= window.endMs;
  return Math.round(growthOf([series], [window]) + (startsInside ? first : 0));
};

const toldByLogs = (observations: Observations, window: Window): Map<string, Told[]> => {
  const told = new Map<string, Told[]>();
  for (const [teller, name] of Object.entries(counters) as [Exclude<Teller, 'tap'>, string][]) {
    for (const [family, series] of Map.groupBy(seriesOf(observations, name), ({ labels }) => labels['family'] ?? '')) {
      const count = series.reduce((total, one) => total + grown(one, window), 0);
      const firstMs = earliest(series.map((one) => firstGrowth(one, window)));
      if (count > 0) told.set(family, [...(told.get(family) ?? []), { teller, count, firstMs }]);
    }
  }
  return told;
};

const toldByTap = (observations: Observations, window: Window): Map<string, Told> => {
  const series = seriesOf(observations, 'tap.errors').filter(
    ({ labels }) => !/NOTICE|WARNING/.test(labels['severity'] ?? ''),
  );
  const told = new Map<string, Told>();
  for (const [family, members] of Map.groupBy(series, ({ labels }) => labels['family'] ?? 'other')) {
    const byHop = [...Map.groupBy(members, ({ labels }) => labels['hop']).values()];
    const count = Math.max(...byHop.map((one) => totalOf(one, [window])));
    const firstMs = earliest(members.map((one) => firstAmount(one, window)));
    if (count > 0) told.set(family, { teller: 'tap', count, firstMs });
  }
  return told;
};

/** Runs of before the counters hold lines only. */
const toldByResult = ({ errors }: ScenarioResult, known: ReadonlyMap<string, Told[]>): [string, Told][] =>
  errors
    .filter(({ family, source }) => !known.get(family)?.some(({ teller }) => teller === source))
    .filter(({ source }) => source in counters)
    .map(({ family, source, count }) => [family, { teller: source as Teller, count, firstMs: null }]);

const familyOf = ({ text, family }: LogLine): string => family ?? classifyError(text).family;

export const errorsOf = (entry: ScenarioResult, observations: Observations, window: Window): Errors => {
  const told = toldByLogs(observations, window);
  if (told.size === 0)
    for (const [family, one] of toldByResult(entry, told)) told.set(family, [...(told.get(family) ?? []), one]);
  for (const [family, one] of toldByTap(observations, window)) told.set(family, [...(told.get(family) ?? []), one]);
  const all = (families: readonly string[]): Told[] => families.flatMap((family) => told.get(family) ?? []);
  const countBy = (teller: Teller, ...families: string[]): number =>
    all(families).reduce((total, one) => total + (one.teller === teller ? one.count : 0), 0);
  const lineOf = (teller: Teller, families: readonly string[]): LogLine | undefined =>
    observations.logLines.find((line) => line.component === teller && families.includes(familyOf(line)));
  return {
    count: (...families) => Math.max(0, ...(Object.keys(names) as Teller[]).map((one) => countBy(one, ...families))),
    countBy,
    lines: (pattern) => observations.logLines.filter(({ text }) => pattern.test(text)),
    evidence: (...families) =>
      [...new Set(all(families).map(({ teller }) => teller))].map((teller) => {
        const line = lineOf(teller, families);
        const example = line === undefined ? families.join(', ') : line.text.slice(0, 200);
        return {
          atMs: line?.atMs ?? null,
          text: `${countBy(teller, ...families)} × ${example}`,
          source: names[teller],
        };
      }),
    firstMs: (...families) => earliest(all(families).map(({ firstMs }) => firstMs)),
    hasLog: (component) => seriesOf(observations, 'log.lines', { component }).length > 0,
    families: new Set(told.keys()),
  };
};
