/** Postgres' csvlog. A record may span lines: a statement holds line ends, and they stand between quotes. */
import { parse } from 'csv-parse/sync';
import { longestText, type Head } from './log-event.ts';
import { severityLevel } from './postgres-words.ts';
import { epochMsOf } from './stamp.ts';

const columns = { time: 0, severity: 11, sqlstate: 12, message: 13, detail: 14 } as const;
const longestRecord = 256 * 1024;

const beginsRecord = (line: string): boolean =>
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ [\w+:-]+,(?:"[^"]*"|),(?:"[^"]*"|),\d*,/.test(line);

const isWhole = (record: string): boolean => (record.split('"').length - 1) % 2 === 0;

const headOf = (record: string): Head | null => {
  const [fields] = parse(record, { relax_column_count: true, bom: false }) as string[][];
  const level = severityLevel(fields?.[columns.severity], fields?.[columns.sqlstate]);
  if (fields === undefined || level === null) return null;
  const detail = fields[columns.detail] ?? '';
  return {
    level,
    stampMs: epochMsOf(fields[columns.time] ?? ''),
    message: (fields[columns.message] ?? '').slice(0, longestText),
    details: detail === '' ? [] : [detail.slice(0, longestText)],
    sqlstate: level === 'info' ? null : (fields[columns.sqlstate] ?? null),
    complete: true,
  };
};

/** What a line of a csvlog makes: a whole record with the number of its lines, or nothing yet. */
export type CsvStep = { head: Head; lines: number } | 'more' | null;

export const csvReader = (): ((line: string) => CsvStep) => {
  let record = '';
  let lines = 0;
  const done = (): CsvStep => {
    const [whole, count] = [record, lines];
    [record, lines] = ['', 0];
    try {
      const head = headOf(whole);
      return head === null ? null : { head, lines: count };
    } catch {
      return null;
    }
  };
  return (line) => {
    if (record === '' && !beginsRecord(line)) return null;
    record = record === '' ? line : `${record}\n${line}`;
    lines += 1;
    return isWhole(record) || record.length > longestRecord ? done() : 'more';
  };
};
