/** Whether an event of a log is an error, and of which family: told by its level, where it has one. */
import { classifyError, elsewhere, type ClassifiedError } from '../errors/classify.ts';
import { sqlstateIn } from '../errors/sqlstates.ts';
import { startsException } from './exceptions.ts';
import type { LogEvent } from './log-event.ts';

interface EventError extends ClassifiedError {
  /** The words by which it is known; else its message. */
  text: string;
}

const isKnown = ({ family }: ClassifiedError): boolean => family !== 'other';

const withoutTls = /refused TLS connection|does not support SSL/i;

/** The first of its texts that the table knows: the message, then exceptions from the outermost to the cause. */
const classifiedEvent = ({ message, details, sqlstate }: LogEvent): EventError => {
  const texts = [message, ...details].filter((text) => text !== '');
  const beside = texts.join(' ');
  let refused: EventError | null = null;
  for (const text of texts) {
    const found = { ...elsewhere(classifyError(text), text, beside), text };
    // Of several addresses (::1 comes first) one may refuse, and of several tries the one with TLS: the next one says
    // what is wrong.
    if (found.family === 'connect-refused' || withoutTls.test(text)) refused ??= found;
    else if (isKnown(found)) return found;
  }
  return refused ?? { ...classifyError(message, sqlstate), text: message };
};

/** Words that are an error by themselves: an exception, a SQLSTATE, or what only a driver or server says. */
const speaksOfError = (event: LogEvent, found: EventError): boolean =>
  startsException(event.message) ||
  event.details.some(startsException) ||
  (isKnown(found) && (found.signature !== null || sqlstateIn(found.text) !== null));

/** `unknown`: the line has no level that can be read, and its words are none that are known as an error. */
export type EventReading = EventError | 'none' | 'unknown';

export const readEvent = (event: LogEvent): EventReading => {
  if (event.level === 'info' || event.level === 'debug') return 'none';
  const found = classifiedEvent(event);
  if (event.level === 'error') return found;
  if (event.level === 'warn') return isKnown(found) ? found : 'none';
  return speaksOfError(event, found) ? found : 'unknown';
};

const longestShown = 1500;

/** What is shown of it: its line, or its message, and what the exceptions beside it say. */
export const shownText = ({ raw, message, details }: LogEvent): string => {
  const first = raw ?? message;
  const beside = details.filter((text) => !first.includes(text) && !text.endsWith(`: ${message}`));
  return [first, ...beside].join(' · ').slice(0, longestShown);
};
