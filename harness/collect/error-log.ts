/** Error lines of a component's log: all counted by family, some kept as evidence. */
import { classifyError } from '../measure/error-families.ts';
import type { Labels } from '../measure/observations.ts';
import type { Sink } from './collector.ts';
import { tailFile } from './tail.ts';

export interface ErrorLogOptions {
  file: string;
  component: string;
  instance: number;
  /** Series that counts the lines, cumulative, by family. */
  series: string;
  labels: Labels;
  /** The text to classify, or null for a line that is no error. */
  errorIn(line: string): string | null;
}

/** Kept of each family and component instance; the counts go on. */
const keptPerFamily = 300;

/** `2026-11-21 10:00:00.123 UTC` or ISO 8601 at the start of a line, as ms since the epoch; null where there is none. */
export const stampOf = (line: string): number | null => {
  const match = /^\[?(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:[.,]\d+)?)(?: ?(?:UTC|GMT|Z))/.exec(line);
  const time = match === null ? NaN : Date.parse(`${match[1]}T${match[2]!.replace(',', '.')}Z`);
  return Number.isNaN(time) ? null : time;
};

/** Reads what is new in the log at each call. */
export const errorLog = (sink: Sink, { file, component, instance, series, labels, errorIn }: ErrorLogOptions): ((atMs: number) => void) => {
  const tail = tailFile(file);
  const counts = new Map<string, number>();
  let lastAtMs = 0;
  sink.declare?.(series, 'cumulative');
  const take = (line: string): void => {
    const text = errorIn(line);
    if (text === null) return;
    const { family } = classifyError(text);
    const before = counts.get(family) ?? 0;
    // A counter that first appears at 66 would hide that it grew by 66.
    if (before === 0) sink.sample(series, { ...labels, family }, 0, lastAtMs);
    counts.set(family, before + 1);
    if (before >= keptPerFamily) return;
    const stamp = stampOf(line);
    sink.log(component, instance, line, stamp === null ? undefined : sink.nowMs() - (Date.now() - stamp));
  };
  return (atMs) => {
    tail.read(take);
    for (const [family, count] of counts) sink.sample(series, { ...labels, family }, count, atMs);
    lastAtMs = atMs;
    if (tail.skippedBytes > 0) throw new Error(`${component} ${instance} logs faster than it can be read: ${tail.skippedBytes} bytes were passed over`);
  };
};
