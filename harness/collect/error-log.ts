/** Error lines of a component's log: all counted by family, some kept as evidence. */
import { classifyError } from '../measure/errors/error-families.ts';
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
  wanted?: readonly string[];
}

/** Texts that somebody looks for in the logs of a component. */
export const wantedIn = ({ wantedLines = [] }: CollectContext, component: string): string[] =>
  wantedLines.filter((line) => line.component === component).map(({ contains }) => contains);

/** Kept of each family and component instance; the counts go on. */
const keptPerFamily = 300;
/** Of each text that is looked for: more than any symptom counts. */
const keptPerText = 500;

/** `2026-11-21 10:00:00.123 UTC` or ISO 8601 at the start of a line, as ms since the epoch; null where there is none. */
export const stampOf = (line: string): number | null => {
  const match = /^\[?(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:[.,]\d+)?)(?: ?(?:UTC|GMT|Z))/.exec(line);
  const time = match === null ? NaN : Date.parse(`${match[1]}T${match[2]!.replace(',', '.')}Z`);
  return Number.isNaN(time) ? null : time;
};

/** Reads what is new in the log at each call. */
export const errorLog = (
  sink: Sink,
  { file, startBytes, component, instance, series, labels, errorIn, wanted = [] }: ErrorLogOptions,
): ((atMs: number) => void) => {
  const tail = tailFile(file, startBytes);
  const counts = new Map<string, number>();
  const texts = wanted.map((text) => text.toLowerCase());
  const keptLines = { left: keptPerText * texts.length };
  let lastAtMs = 0;
  sink.declare?.(series, 'cumulative');
  const keep = (line: string): void => {
    const stamp = stampOf(line);
    sink.log(component, instance, line, stamp === null ? undefined : sink.nowMs() - (Date.now() - stamp));
  };
  const keepWanted = (line: string): void => {
    if (keptLines.left === 0 || !texts.some((text) => line.toLowerCase().includes(text))) return;
    keptLines.left -= 1;
    keep(line);
  };
  const take = (line: string): void => {
    const text = errorIn(line);
    if (text === null) return keepWanted(line);
    const { family } = classifyError(text);
    const before = counts.get(family) ?? 0;
    // A counter that first appears at 66 would hide that it grew by 66.
    if (before === 0) sink.sample(series, { ...labels, family }, 0, lastAtMs);
    counts.set(family, before + 1);
    if (before >= keptPerFamily) return;
    keep(line);
  };
  return (atMs) => {
    tail.read(take);
    for (const [family, count] of counts) sink.sample(series, { ...labels, family }, count, atMs);
    lastAtMs = atMs;
    if (tail.skippedBytes > 0)
      throw new Error(
        `${component} ${instance} logs faster than it can be read: ${tail.skippedBytes} bytes were passed over`,
      );
  };
};
