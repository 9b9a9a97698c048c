/** Exceptions among the lines of an event: what they say, without the places in the code. */
import { longestText } from './log-event.ts';

const mostTexts = 24;

const frame =
  /^\s*(?:at .+|(?:> )?File ".+", line \d+.*|[ \t│└]*[│└].*|#\d+ .*|\.\.\. \d+ .*|[\^~\s]+|from .+:\d+.*|goroutine \d+.*|\d+: 0x[0-9a-f]+.*|[\w./@-]+\.(?:go|rs|py|js|ts|rb|exs?):\d+.*|\(\w+ [\d.]+\) .+|[\w./*()]+\(0x[0-9a-f, .x]*\).*)$/;
const aside =
  /^\s*(?:Traceback \(most recent call last\)|The above exception was|During handling of|\(Background on this error|--- End of inner|triggerUncaughtException\(|throw er; |Stack trace:|\[stacktrace\]|stack backtrace:|note: run with|LINE \d+:|[{}\])[,;]*\s*$)/;
const statement = /^\s*(?:\[SQL: |\[parameters: |(?:STATEMENT|QUERY|query|CONTEXT|Query): )/;

/** Skips what a statement or a place in Python's code spans beyond its own line. */
const follower = (): ((line: string) => boolean) => {
  let inStatement = false;
  let afterFile = false;
  return (line) => {
    if (inStatement) {
      inStatement = !line.trimEnd().endsWith(']');
      return true;
    }
    if (/^\s*\[(?:SQL|parameters): /.test(line)) inStatement = !line.trimEnd().endsWith(']');
    const isCode = afterFile && /^ {4}/.test(line);
    afterFile = /^\s*File ".+", line \d+/.test(line) || (afterFile && isCode);
    return isCode;
  };
};

/** .NET tells in the next line what an exception came of: both together are its words. */
const joinedCauses = (lines: readonly string[]): string[] => {
  const joined: string[] = [];
  for (const line of lines) {
    const isCause = /^\s*---> /.test(line) && joined.length > 0;
    if (isCause) joined[joined.length - 1] += ` ${line.trim()}`;
    else joined.push(line);
  }
  return joined;
};

/**
 * Python's TimeoutError has no words, and asyncpg raises it for a connection of its pool, for a login and for a query
 * alike: which of them it was stands in the last of the driver's own places in the code.
 */
const wordless = /^(?:\w+\.)*TimeoutError:?$/;
const driverPlace = /^\s*File ".*[/\\]((?:asyncpg|aiopg|psycopg_pool)[/\\](?!_)\w+\.py)", line \d+/;

const placed = (): ((line: string) => string) => {
  let place: string | null = null;
  return (line) => {
    if (line.startsWith('Traceback (most')) place = null;
    place = driverPlace.exec(line)?.[1]?.replaceAll('\\', '/') ?? place;
    const text = line.trim();
    return place !== null && wordless.test(text) ? `${text} in ${place}` : text;
  };
};

export const exceptionTexts = (raw: readonly string[]): string[] => {
  const lines = joinedCauses(raw);
  const texts: string[] = [];
  const follows = follower();
  const textOf = placed();
  for (const line of lines) {
    const text = textOf(line);
    if (texts.length === mostTexts) break;
    if (follows(line) || line.trim() === '' || frame.test(line) || aside.test(line) || statement.test(line)) continue;
    texts.push(text.slice(0, longestText));
  }
  return texts;
};

/** The first line of an exception, where no level stands before it. */
export const startsException = (line: string): boolean =>
  /^(?:Uncaught\b|Unhandled\b|Exception in thread |panic: |fatal error: |thread '.*' panicked|Traceback \(most|\*\* \()/.test(
    line,
  ) || /^(?:[\w$]+[./:]+)*[\w$]*(?:Error|Exception|Violation|Fault|Throwable)\b(?:: | ?\(|\s*\[|\s*\{|\s*$)/.test(line);
