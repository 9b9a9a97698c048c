import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readEvent } from './event-error.ts';
import type { LogEvent } from './log-event.ts';
import { logReader } from './log-reader.ts';

const eventsOf = (log: string): LogEvent[] => {
  const events: LogEvent[] = [];
  const reader = logReader((event) => void events.push(event));
  for (const line of log.split('\n')) reader.take(line);
  reader.flush();
  return events;
};

/** What each event is, in order. */
const readingsOf = (log: string): string[] =>
  eventsOf(log).map((event) => {
    const reading = readEvent(event);
    return typeof reading === 'string' ? reading : reading.family;
  });

interface Form {
  name: string;
  log: string;
  readings: string[];
}

/** How loggers write: `== NAME: what each event is`, then the lines as they stand in a log; \\e stands for escape. */
const forms: Form[] = readFileSync(new URL('./fixtures/forms.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split(/^== /m)
  .slice(1)
  .map((part) => {
    const [head = '', ...lines] = part.replace(/\n$/, '').split('\n');
    const [, name = '', readings = ''] = /^(.*): (.*)$/.exec(head) ?? [];
    return { name, log: lines.join('\n').replaceAll('\\e', '\u001b'), readings: readings.split(', ') };
  });

const formOf = (wanted: string): Form => forms.find(({ name }) => name === wanted)!;

describe('one event each, level by its field', () => {
  test.each(forms)('$name', ({ log, readings }) => expect(readingsOf(log)).toEqual(readings));
});

test('every line is counted with its event', () => {
  for (const { name, log } of forms) {
    const lines = log.split('\n').length;
    const counted = eventsOf(log).reduce((total, event) => total + event.lines, 0);
    // What is empty before the first event belongs to none.
    expect(counted, name).toBeGreaterThanOrEqual(lines - 1);
    expect(counted, name).toBeLessThanOrEqual(lines);
  }
});

test('its own time is read where it is complete', () => {
  const stampOf = (log: string): number | null | undefined => eventsOf(log)[0]?.stampMs;
  const at = Date.parse('2026-11-28T09:14:02.114Z');
  expect(stampOf('2026-11-28 09:14:02.114 UTC [9] app@app LOG:  x')).toBe(at);
  expect(stampOf('2026-11-28T10:14:02,114+01:00 INFO x')).toBe(at);
  expect(stampOf('{"level":30,"time":1795857242114,"msg":"x"}')).toBe(1795857242114);
  expect(stampOf('{"level":"info","ts":1795857242.114,"msg":"x"}')).toBeCloseTo(1795857242114, 0);
  expect(stampOf('2026-11-28 09:14:02,114 INFO x')).toBeNull();
  expect(stampOf('no time')).toBeNull();
});

test('what a lock wait waits for stands beside it', () => {
  const [event] = eventsOf(formOf('Postgres, stderr').log);
  expect(event).toMatchObject({ details: ['Process holding the lock: 4650. Wait queue: 4702.'], lines: 4 });
});
