import type { Labels, SeriesKind } from '../../measure/tracks/observations.ts';

/** One line of series.ndjson: what the ids in the tables stand for. */
export interface DictionaryEntry {
  id: number;
  name: string;
  labels: Labels;
  kind?: SeriesKind;
}

export interface Dictionary {
  /** Null once there are more series than memory should hold. */
  idOf(name: string, labels: Labels): number | null;
  declare(name: string, kind: SeriesKind): void;
}

/** Bounds memory when somebody labels by request id; those of one name leave room for all others. */
const mostSeries = 20_000;
export const mostOfOneName = 5_000;
/** How many of those that are not kept are told apart. */
const mostCounted = 100_000;

/** Labels in one order, whatever order they came in. */
const keyOf = (name: string, labels: Labels): string => {
  const entries = Object.entries(labels);
  if (entries.length > 1) entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `${name}\n${entries.flat().join('\n')}`;
};

/** How many series of each name are not kept. */
export type Refused = ReadonlyMap<string, number>;

/** `add` gets the line of each new series; `full` is called when one more is refused. */
export const openDictionary = (add: (line: string) => void, full: (refused: Refused) => void): Dictionary => {
  const ids = new Map<string, number>();
  const ofName = new Map<string, number>();
  const refused = new Map<string, number>();
  const refusedKeys = new Set<string>();
  const kinds = new Map<string, SeriesKind>();
  const refuse = (key: string, name: string): null => {
    if (refusedKeys.has(key) || refusedKeys.size >= mostCounted) return null;
    refusedKeys.add(key);
    refused.set(name, (refused.get(name) ?? 0) + 1);
    full(refused);
    return null;
  };
  const enter = (key: string, entry: DictionaryEntry): number => {
    ids.set(key, entry.id);
    ofName.set(entry.name, (ofName.get(entry.name) ?? 0) + 1);
    add(JSON.stringify(entry));
    return entry.id;
  };
  return {
    declare: (name, kind) => void kinds.set(name, kind),
    idOf: (name, labels) => {
      const key = keyOf(name, labels);
      const known = ids.get(key);
      if (known !== undefined) return known;
      if (ids.size >= mostSeries || (ofName.get(name) ?? 0) >= mostOfOneName) return refuse(key, name);
      return enter(key, { id: ids.size, name, labels, ...(kinds.has(name) ? { kind: kinds.get(name)! } : {}) });
    },
  };
};
