/** Error lines of a component's log: all are counted by family, some are kept as evidence. */
import { classifyError } from '../measure/errors/classify.ts';
import type { Labels } from '../measure/tracks/observations.ts';
import type { CollectContext, Sink } from './collector.ts';
import { tailFile } from './tail.ts';

export interface ErrorLogOptions {
  file: string;
  /** Where reading begins; default: at its start. */
  startBytes?: number;
  component: string;
  instance: number;
  /** Series that counts the lines, cumulative, by family. */
  series: string;
  labels: Labels;
  /** The text to classify, or null for a line that is no error. */
  errorIn(line: string): string | null;
  /** Lines that hold one of these texts are kept too; letter case does not matter. */
  alsoKept?: readonly string[];
}

/** Texts that symptoms look for in the logs of a component. */
export const symptomTextsOf = ({ symptomTexts = [] }: CollectContext, component: string): string[] =>
  symptomTexts.filter((text) => text.component === component).map(({ contains }) => contains);

/** Lines kept of each family and component instance. All further ones are counted. */
const keptPerFamily = 300;
/** Lines kept of each text that a symptom looks for: more than any symptom counts. */
const keptPerText = 500;

/**
 * `2026-11-21 10:00:00.123 UTC` or ISO 8601 at the start of a line, as ms since the epoch.
 * Null where the line has no such stamp.
 */
export const stampOf = (line: string): number | null => {
  const match = /^\[?(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:[.,]\d+)?)(?: ?(?:UTC|GMT|Z))/.exec(line);
  const time = match === null ? NaN : Date.parse(`${match[1]}T${match[2]!.replace(',', '.')}Z`);
  return Number.isNaN(time) ? null : time;
};

type Keep = (line: string) => void;

/** Puts a line into the sink, at its own time where it carries one. */
const keeper =
  (sink: Sink, { component, instance }: ErrorLogOptions): Keep =>
  (line) => {
    const stamp = stampOf(line);
    sink.log(component, instance, line, stamp === null ? undefined : sink.nowMs() - (Date.now() - stamp));
  };

/** Keeps lines that hold one of the texts, up to a limit. */
const textKeeper = (alsoKept: readonly string[], keep: Keep): Keep => {
  const texts = alsoKept.map((text) => text.toLowerCase());
  let left = keptPerText * texts.length;
  return (line) => {
    if (left === 0 || !texts.some((text) => line.toLowerCase().includes(text))) return;
    left -= 1;
    keep(line);
  };
};

interface FamilyCounter {
  /** Counts one more line of the family and gives how many there are. */
  add(family: string): number;
  /** Puts all counts into the sink. */
  put(atMs: number): void;
}

const familyCounter = (sink: Sink, { series, labels }: ErrorLogOptions): FamilyCounter => {
  const counts = new Map<string, number>();
  let lastAtMs = 0;
  sink.declare?.(series, 'cumulative');
  return {
    add: (family) => {
      const before = counts.get(family) ?? 0;
      // A counter that first appears at 66 would hide that it grew by 66.
      if (before === 0) sink.sample(series, { ...labels, family }, 0, lastAtMs);
      counts.set(family, before + 1);
      return before + 1;
    },
    put: (atMs) => {
      for (const [family, count] of counts) sink.sample(series, { ...labels, family }, count, atMs);
      lastAtMs = atMs;
    },
  };
};

/** Reads what is new in the log at each call. */
export const errorLog = (sink: Sink, options: ErrorLogOptions): ((atMs: number) => void) => {
  const { component, instance, errorIn } = options;
  const tail = tailFile(options.file, options.startBytes);
  const keep = keeper(sink, options);
  const keepIfAskedFor = textKeeper(options.alsoKept ?? [], keep);
  const families = familyCounter(sink, options);
  const take = (line: string): void => {
    const text = errorIn(line);
    if (text === null) return keepIfAskedFor(line);
    if (families.add(classifyError(text).family) <= keptPerFamily) keep(line);
  };
  return (atMs) => {
    tail.read(take);
    families.put(atMs);
    if (tail.skippedBytes === 0) return;
    throw new Error(
      `${component} ${instance} logs faster than it can be read: ${tail.skippedBytes} bytes were passed over`,
    );
  };
};
