/** Makes events out of lines: what a stack trace, a statement or a DETAIL adds belongs to the line before it. */
import { classifyError } from '../errors/classify.ts';
import { csvReader, type CsvStep } from './csv-line.ts';
import { exceptionTexts, startsException } from './exceptions.ts';
import { jsonHead } from './json-line.ts';
import { longestText, type Head, type LogEvent } from './log-event.ts';
import { postgresDetail, textHead } from './text-line.ts';
import { unwrapper } from './unwrap.ts';

export interface LogReader {
  take(line: string): void;
  /** Ends the events under way: no line came for a while. */
  flush(): void;
}

/** Further lines of one event are not kept, but counted. */
const mostLinesKept = 200;
const chained = /^(?:The above exception was the direct cause|During handling of the above exception)/;
const joined =
  /^(?:Caused by|Suppressed: |Traceback \(most|\[SQL: |\[parameters: |\(Background on|params: |DETAIL: |HINT: |LINE \d+:|CONTEXT: |goroutine \d|stack backtrace|note: run with|Last message:|Stack trace:|#\d+ |\[(?:stacktrace|previous exception)\]|"\} ?$|[}\])])/;

interface Draft {
  head: Head;
  raw: string | null;
  more: string[];
  lines: number;
  /** Within a Python traceback: the next line that is not indented says what happened. */
  inTraceback: boolean;
  /** Within Postgres' STATEMENT or CONTEXT, which may span lines: they are no words of the error. */
  inAside: boolean;
  /** Its exception has been told: another one is another event, unless the log says that it follows. */
  finished: boolean;
  /** What Prisma says spans lines, with some of the code in between. */
  isOpen: boolean;
}

const draftOf = (head: Head, raw: string | null): Draft => ({
  head,
  raw,
  more: [],
  lines: 1,
  inTraceback: head.message.startsWith('Traceback (most'),
  inAside: false,
  isOpen: /^(?:\w*Prisma\w*Error:|Invalid `)/.test(head.message),
  finished: head.message !== '' && startsException(head.message) && !head.message.startsWith('Traceback (most'),
});

const plainHead = (line: string): Head => ({
  level: null,
  stampMs: null,
  message: line.slice(0, longestText),
  details: [],
  sqlstate: null,
  complete: false,
});

const belongs = (draft: Draft, line: string): boolean => {
  if (/^\s/.test(line) || draft.inTraceback || draft.isOpen || chained.test(line)) return true;
  if (line.startsWith('Traceback (most')) return !draft.finished;
  if (joined.test(line)) return true;
  if (draft.finished) return false;
  const { level, message } = draft.head;
  if (level === 'error' || level === 'warn') return true;
  // Without a level its words tell whether the exception below is its own.
  return level === null && startsException(line) && classifyError(message).family !== 'other';
};

const addTo = (draft: Draft, line: string): void => {
  draft.lines += 1;
  if (draft.inAside && /^\s/.test(line)) return;
  // .NET tells in the next line what an exception came of: both together are its words.
  if (draft.more.length === 0 && /^\s*---> /.test(line)) {
    draft.head = { ...draft.head, message: `${draft.head.message} ${line.trim()}`.slice(0, longestText) };
    return;
  }
  if (draft.more.length < mostLinesKept) draft.more.push(line);
  if (draft.isOpen) draft.isOpen = !/^\s+at /.test(line) && classifyError(line).family === 'other';
  // After the places in the code comes no more of the same exception.
  if (/^\s+at /.test(line)) draft.finished = true;
  // Loguru marks a place in the code with an arrow.
  if (/^\s|^> File "/.test(line)) return;
  if (chained.test(line)) draft.finished = false;
  if (line.startsWith('Traceback (most')) draft.inTraceback = true;
  else if (draft.inTraceback || startsException(line)) {
    draft.inTraceback = chained.test(line);
    draft.finished = !chained.test(line);
  }
};

const eventOf = ({ head: { complete: _, ...head }, raw, more, lines }: Draft): LogEvent => ({
  ...head,
  raw,
  details: [...head.details, ...exceptionTexts(more)],
  lines,
});

/** Hibernate tells of one failure twice: its SQLSTATE as a warning, and at once the words as an error. */
const announcedState = /\bSQL Error: -?\d+, SQLState: ([0-9A-Z]{5})\s*$/;

const announcedBy = (draft: Draft | null, { level }: Head): string | null =>
  draft === null || draft.more.length > 0 || draft.head.level !== 'warn' || level !== 'error'
    ? null
    : (announcedState.exec(draft.head.message)?.[1] ?? null);

/** The lines of one source, one after the other. */
const sourceReader = (emit: (event: LogEvent) => void): LogReader => {
  const csv = csvReader();
  let draft: Draft | null = null;
  const flush = (): void => {
    const ended = draft;
    draft = null;
    if (ended !== null) emit(eventOf(ended));
  };
  const begin = (head: Head, raw: string | null, lines = 1): void => {
    const state = announcedBy(draft, head);
    const before = state === null ? 0 : draft!.lines;
    if (state === null) flush();
    draft = { ...draftOf({ ...head, sqlstate: head.sqlstate ?? state }, raw), lines: lines + before };
    if (head.complete) flush();
  };
  const addDetail = (line: string): boolean => {
    const detail = postgresDetail(line);
    if (detail === null || draft === null) return false;
    draft.lines += 1;
    draft.inAside = !detail.isDetail;
    if (detail.isDetail) draft.head = { ...draft.head, details: [...draft.head.details, detail.text] };
    return true;
  };
  const takeText = (line: string): void => {
    const head = jsonHead(line) ?? (addDetail(line) ? null : textHead(line));
    if (head !== null) return begin(head, head.complete ? null : line.slice(0, longestText));
    if (draft !== null && (belongs(draft, line) || postgresDetail(line) !== null)) {
      if (postgresDetail(line) === null) addTo(draft, line);
      return;
    }
    begin(plainHead(line), line.slice(0, longestText));
  };
  const takeStep = (step: Exclude<CsvStep, null>): void => {
    if (step !== 'more') begin(step.head, null, step.lines);
  };
  return {
    flush,
    take: (line) => {
      if (line.trim() === '') {
        if (draft !== null) draft.lines += 1;
        return;
      }
      const step = csv(line);
      if (step === null) takeText(line);
      else takeStep(step);
    },
  };
};

/** Beyond so many names a reader is not kept, so that what a log calls its lines fills no memory. */
const mostSources = 100;

/** Lines of several containers may come in turn, each with the name that docker compose puts before it. */
export const logReader = (emit: (event: LogEvent) => void): LogReader => {
  const unwrap = unwrapper();
  const sources = new Map<string, LogReader>();
  const readerOf = (name: string): LogReader => {
    const known = sources.get(name);
    if (known !== undefined) return known;
    const reader = sourceReader(emit);
    if (sources.size < mostSources) sources.set(name, reader);
    return reader;
  };
  return {
    take: (raw) => {
      const { source, line } = unwrap(raw);
      readerOf(source).take(line);
    },
    flush: () => {
      for (const reader of sources.values()) reader.flush();
    },
  };
};
