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

/** Bounds memory when somebody labels by request id. */
export const mostSeries = 20_000;

/** Labels in one order, whatever order they came in. */
const keyOf = (name: string, labels: Labels): string => {
  const entries = Object.entries(labels);
  if (entries.length > 1) entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `${name}\n${entries.flat().join('\n')}`;
};

/** `add` gets the line of each new series; `full` is called when one is refused. */
export const openDictionary = (add: (line: string) => void, full: () => void): Dictionary => {
  const ids = new Map<string, number>();
  const kinds = new Map<string, SeriesKind>();
  const enter = (key: string, entry: DictionaryEntry): number => {
    ids.set(key, entry.id);
    add(JSON.stringify(entry));
    return entry.id;
  };
  return {
    declare: (name, kind) => void kinds.set(name, kind),
    idOf: (name, labels) => {
      const key = keyOf(name, labels);
      const known = ids.get(key);
      if (known !== undefined) return known;
      if (ids.size < mostSeries)
        return enter(key, { id: ids.size, name, labels, ...(kinds.has(name) ? { kind: kinds.get(name)! } : {}) });
      full();
      return null;
    },
  };
};
