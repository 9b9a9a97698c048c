/** Lines as logback, log4j, Python, Ruby, Go, Rust, .NET, Elixir, Postgres and PgBouncer print them. */
import { sqlstates } from '../errors/sqlstates.ts';
import { jsonHead } from './json-line.ts';
import { levelOf, levelWords, type Level } from './level.ts';
import { longestText, type Head } from './log-event.ts';
import { asideWords, detailWords, isPanic, severityLevel, severityWords } from './postgres-words.ts';
import { leadingStamp } from './stamp.ts';

/** Tokens between the time and the level: thread, process, logger, zone. */
const mostTokens = 9;

/** A word that begins here, in any alphabet: `\b` knows Latin letters only. French puts a space before a colon. */
const beginsHere = String.raw`(?<![\p{L}\d_])`;
const postgresLine = new RegExp(`^(.{0,200}?)${beginsHere}(${severityWords}) ?: {2}(.*)$`, 'u');
const postgresMore = new RegExp(`^.{0,200}?${beginsHere}(?:(${detailWords})|${asideWords}) ?: {2}(.*)$`, 'u');

const head = (level: Level | null, stampMs: number | null, message: string): Head => ({
  level,
  stampMs,
  message: message.slice(0, longestText),
  details: [],
  sqlstate: null,
  complete: false,
});

const isHeaderToken = (token: string): boolean =>
  /^[[(<"]|[\])>]$|[\d.:/@#|=-]|^(?:UTC|GMT|CET|CEST|EST|PST)$/.test(token);

/** A level stands in capitals, in brackets, or before a colon: a plain word in small letters is a word. */
const levelToken = new RegExp(String.raw`^\[?(?:[\w-]+\.)?(${levelWords})(?:\]|:|/\S*|\|)?:?$`, 'i');

const letters: Readonly<Record<string, Level>> = {
  E: 'error',
  F: 'error',
  W: 'warn',
  I: 'info',
  D: 'debug',
  T: 'debug',
};

const levelOfToken = (token: string): Level | null => {
  const letter = /^\[([EFWIDT])\]$/.exec(token)?.[1];
  if (letter !== undefined) return letters[letter] ?? null;
  const word = levelToken.exec(token)?.[1];
  if (word === undefined) return null;
  const marked = word === word.toUpperCase() || token !== word;
  return marked ? levelOf(word) : null;
};

/** As NLog and others part their fields: `2026-11-28 09:14:02.1140|ERROR|Shop.Db|query failed`. */
const parted = new RegExp(String.raw`^\s*\|\s*(${levelWords})\s*\|(.*)$`, 'i');

const levelBetweenBars = (rest: string): { level: Level; message: string } | null => {
  const [, word, message = ''] = parted.exec(rest) ?? [];
  const level = levelOf(word);
  return level === null ? null : { level, message };
};

/** The level among the first tokens of what follows the time, and what comes after it. */
const levelAfterStamp = (rest: string): { level: Level; message: string } | null => {
  const between = levelBetweenBars(rest);
  if (between !== null) return between;
  const tokens = rest.matchAll(/\S+/g);
  let plainWords = 0;
  let count = 0;
  for (const { 0: token, index } of tokens) {
    const level = levelOfToken(token);
    if (level !== null) {
      const message = rest.slice(index + token.length).replace(/^[\s\]:|-]+/, '');
      return { level, message };
    }
    plainWords += isHeaderToken(token) ? 0 : 1;
    count += 1;
    if (plainWords > 1 || count > mostTokens) return null;
  }
  return null;
};

const atStart = new RegExp(String.raw`^(?:PHP |\[[^\]]*\] ?)?[[(<]?(${levelWords})[\])>]?(?::|\s|\[)`, 'i');
const klog = /^([IWEF])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ [^\]]+\] (.*)$/;

const withoutStamp = (line: string): Head | null => {
  const letter = klog.exec(line);
  if (letter !== null) return head(letters[letter[1]!]!, null, letter[2]!);
  const match = atStart.exec(line);
  if (match === null) return null;
  const word = match[1]!;
  // "Error in the queue" and "info from …" are sentences: small letters count with a colon or a bracket only.
  const marked = word === word.toUpperCase() || (word === word.toLowerCase() && !/\s$/.test(match[0]));
  const level = marked ? levelOf(word) : null;
  return level === null ? null : head(level, null, line.slice(match[0].length).replace(/^[\s\]:-]+/, ''));
};

const logfmtField = (line: string, keys: string): string | undefined => {
  const match = new RegExp(String.raw`(?:^|\s)(?:${keys})=(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\S+))`).exec(
    line,
  );
  return match?.[1] ?? match?.[2] ?? match?.[3];
};

/** `time=… level=error msg="…" err="…"`, as logrus, slog and many in Go write it; structlog in single quotes. */
const logfmt = (line: string): Head | null => {
  if (!/\b(?:level|lvl|severity)=/.test(line)) return null;
  const level = levelOf(logfmtField(line, 'level|lvl|severity'));
  if (level === null) return null;
  const time = leadingStamp(logfmtField(line, 'time|ts|timestamp') ?? '');
  const error = logfmtField(line, 'err|error|exception|cause');
  return {
    ...head(level, time?.stampMs ?? null, logfmtField(line, 'msg|message|event') ?? line),
    details: error === undefined ? [] : [error],
  };
};

/** What may stand before a severity of Postgres: its log_line_prefix, and no words of a driver that quotes it. */
const isPostgresPrefix = (text: string): boolean => {
  const stamp = leadingStamp(text);
  if (stamp !== null) return levelAfterStamp(stamp.rest) === null;
  return text.split(/\s+/).every((token) => token === '' || isHeaderToken(token));
};

/** `%e` in its log_line_prefix. A process number may have five digits as well: of those only what is a state counts. */
const stateIn = (prefix: string): string | null =>
  prefix.split(/\s+/).find((token) => /^[0-9A-Z]{5}$/.test(token) && sqlstates[token] !== undefined) ?? null;

const postgres = (line: string): Head | null => {
  const match = line.includes(':  ') ? postgresLine.exec(line) : null;
  if (match === null || !isPostgresPrefix(match[1]!)) return null;
  const [, , severity = '', message = ''] = match;
  const verbose = /^([0-9A-Z]{5}): (.*)$/.exec(message);
  const stampMs = leadingStamp(line)?.stampMs ?? null;
  return {
    ...head(severityLevel(severity), stampMs, `${isPanic(severity) ? 'PANIC: ' : ''}${verbose?.[2] ?? message}`),
    sqlstate: verbose?.[1] ?? stateIn(match[1]!),
  };
};

/** Fields as JSON at the end of a line, as zap and winston put them on a console. */
const withFields = (plain: Head): Head => {
  const fields = jsonHead(/\s(\{".*\})\s*$/.exec(plain.message)?.[1] ?? '');
  return fields === null ? plain : { ...plain, details: fields.details, sqlstate: fields.sqlstate };
};

export const textHead = (line: string): Head | null => {
  const fromServer = postgres(line) ?? logfmt(line);
  if (fromServer !== null) return fromServer;
  const stamp = leadingStamp(line);
  if (stamp === null) return withoutStamp(line);
  const found = levelAfterStamp(stamp.rest);
  const message = found?.message ?? stamp.rest.replace(/^[\s\]:|-]+/, '');
  return withFields(head(found?.level ?? null, stamp.stampMs, message));
};

/** A line of Postgres that belongs to the one before it: its DETAIL, or null for other lines. */
export const postgresDetail = (line: string): { isDetail: boolean; text: string } | null => {
  const match = line.includes(':  ') ? postgresMore.exec(line) : null;
  return match === null ? null : { isDetail: match[1] !== undefined, text: match[2]!.slice(0, longestText) };
};
