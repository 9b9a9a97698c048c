/** The answer of `pgsurge why`: for an error text, or for a line of a log as some logger writes it. */
import { classifyError, type ClassifiedError } from '../errors/classify.ts';
import { renderWhy } from '../errors/why.ts';
import { readEvent } from './event-error.ts';
import type { LogEvent } from './log-event.ts';
import { logReader } from './log-reader.ts';

export interface Explained extends ClassifiedError {
  /** Other errors that the same event tells of: what it follows from. */
  beneath: { family: string; title: string; text: string }[];
  /** Where the line says of itself that it is no error. */
  level: string | null;
}

const eventsIn = (text: string): LogEvent[] => {
  const events: LogEvent[] = [];
  const reader = logReader((event) => void events.push(event));
  for (const line of text.split('\n')) reader.take(line);
  reader.flush();
  return events;
};

const beneathOf = ({ message, details }: LogEvent, family: string): Explained['beneath'] => {
  const found = new Map<string, Explained['beneath'][number]>();
  for (const text of [message, ...details]) {
    const one = classifyError(text);
    if (one.family === 'other' || one.family === family || found.has(one.family)) continue;
    found.set(one.family, { family: one.family, title: one.title, text });
  }
  return [...found.values()];
};

const quietLevels = new Set(['info', 'debug']);

/** By the one event that the text holds; a text that is no log line is classified as it stands. */
export const explain = (text: string, sqlstate?: string | null): Explained => {
  const [event, ...others] = eventsIn(text);
  const plain = { ...classifyError(text, sqlstate), beneath: [], level: null };
  if (event === undefined || others.length > 0) return plain;
  const level = event.level !== null && quietLevels.has(event.level) ? event.level : null;
  // A lock wait, say, is logged as LOG, and worth an answer.
  const reading = readEvent({ ...event, level: 'error', sqlstate: event.sqlstate ?? sqlstate ?? null });
  if (typeof reading === 'string') return plain;
  const found = reading.family === 'other' && level === null ? plain : reading;
  return { ...found, beneath: beneathOf(event, found.family), level };
};

export const renderExplained = (text: string, sqlstate?: string | null): string => {
  const found = explain(text, sqlstate);
  const { level, beneath } = found;
  if (level !== null && found.family === 'other')
    return `No error: the line's own level is ${level}, and it holds no error that is known  [none]\n`;
  const beneathLines = beneath.map((one) => `  beneath it   ${one.title} [${one.family}]: ${one.text}\n`);
  const levelLine = level === null ? '' : `  level        ${level}: the line says of itself that it is no error\n`;
  return renderWhy(found) + levelLine + beneathLines.join('');
};
