/** Lines of pino, bunyan, winston, zap, slog, structlog, Serilog, logback's JSON encoders and Postgres' jsonlog. */
import { exceptionTexts } from './exceptions.ts';
import { levelOf, severityLevelOf, type Level } from './level.ts';
import { longestText, type Head } from './log-event.ts';
import { severityLevel } from './postgres-words.ts';
import { stampOfField } from './stamp.ts';

type Fields = Readonly<Record<string, unknown>>;

const levelKeys = [
  'error_severity',
  'level_name',
  'level',
  'severity',
  'lvl',
  'levelname',
  'log.level',
  'loglevel',
  'severityText',
  'SeverityText',
  'severity_text',
  'LogLevel',
  '@l',
  'Level',
];
const severityNumberKeys = ['severityNumber', 'SeverityNumber', 'severity_number'];
const messageKeys = [
  'msg',
  'message',
  'event',
  '@m',
  '@mt',
  'Message',
  'text',
  'log',
  'short_message',
  'body',
  'Body',
  'errorMessage',
];
const stampKeys = ['time', 'timestamp', '@timestamp', 'ts', '@t', 't', 'Timestamp', 'asctime', 'log_time'];
const errorKeys = [
  'err',
  'error',
  'Error',
  'exception',
  'Exception',
  'exc_info',
  'thrown',
  'cause',
  'reason',
  'detail',
  'error.message',
  'error.type',
  'error.stack_trace',
  'exception.message',
  'exception.stacktrace',
  'full_message',
  'errorMessage',
  'stack_trace',
  'stack',
  '@x',
  'State',
];
const stateKeys = ['state_code', 'sql_state_code', 'sqlstate', 'sqlState', 'SqlState', 'pgcode', 'code'];
const deepest = 4;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const valueOf = (fields: Fields, keys: readonly string[]): unknown =>
  keys.map((key) => fields[key]).find((value) => value !== undefined && value !== null);

/** `log.level` may also be an object within an object. */
const levelIn = (fields: Fields): Level | null => {
  const { log } = fields;
  const { error_severity: severity, state_code: state } = fields;
  // Postgres' own, in its language.
  if (typeof severity === 'string') return severityLevel(severity, typeof state === 'string' ? state : null);
  const found =
    levelOf(valueOf(fields, levelKeys)) ??
    (isFields(log) ? levelOf(log['level']) : null) ??
    severityLevelOf(valueOf(fields, severityNumberKeys));
  // Serilog's compact form leaves out the level where it is Information.
  return found ?? (fields['@t'] !== undefined ? 'info' : null);
};

const isState = (value: unknown): value is string =>
  typeof value === 'string' && /^(?=[A-Z]*\d)[0-9A-Z]{5}$/.test(value);

/** An error of Node has the code in a field, and sometimes no words at all; the port tells who was dialled. */
const systemCodeIn = ({ code, address, port }: Fields, said: readonly string[]): string[] => {
  if (typeof code !== 'string' || !/^E[A-Z]{4,}$/.test(code) || said.some((text) => text.includes(code))) return [];
  return [port === undefined ? code : `${code} ${String(address ?? '')}:${String(port)}`];
};

/** What errors within the line say, from the outermost to the first cause. */
const textsIn = (value: unknown, depth = 0): string[] => {
  if (depth > deepest) return [];
  if (typeof value === 'string') return exceptionTexts(value.split('\n'));
  if (Array.isArray(value)) return value.slice(0, 5).flatMap((one) => textsIn(one, depth + 1));
  if (!isFields(value)) return [];
  const message = valueOf(value, messageKeys);
  const own = typeof message === 'string' ? exceptionTexts(message.split('\n')) : [];
  const said = [...own, ...errorKeys.flatMap((key) => textsIn(value[key], depth + 1))];
  return [...said, ...systemCodeIn(value, said)];
};

const stateIn = (fields: Fields, depth = 0): string | null => {
  const own = stateKeys.map((key) => fields[key]).find(isState);
  if (own !== undefined) return own;
  if (depth > deepest) return null;
  for (const key of errorKeys) {
    const inner = fields[key];
    const found = isFields(inner) ? stateIn(inner, depth + 1) : null;
    if (found !== null) return found;
  }
  return null;
};

const messageIn = (fields: Fields): string => {
  const message = valueOf(fields, messageKeys);
  if (typeof message === 'string') return message;
  // The body of OpenTelemetry's records has a type.
  if (isFields(message) && typeof message['stringValue'] === 'string') return message['stringValue'];
  return isFields(message) ? textsIn(message).join(' · ') : '';
};

const parsed = (line: string): Fields | null => {
  if (!line.startsWith('{') || !line.trimEnd().endsWith('}')) return null;
  try {
    const value: unknown = JSON.parse(line);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
};

/** Rust's tracing puts message and error into `fields`. */
const flattened = (fields: Fields): Fields => {
  const { fields: own } = fields;
  return isFields(own) ? { ...fields, ...own } : fields;
};

/** What stands in a group of a logger's own making: `"db":{"err":"…"}`. */
const groupTexts = (fields: Fields): string[] =>
  Object.entries(fields)
    .filter(([key, value]) => isFields(value) && !errorKeys.includes(key))
    .flatMap(([, value]) => errorKeys.flatMap((key) => textsIn((value as Fields)[key], 1)));

export const jsonHead = (line: string): Head | null => {
  const raw = parsed(line);
  if (raw === null) return null;
  const fields = flattened(raw);
  const level = levelIn(fields);
  const [message = '', ...more] = messageIn(fields).split('\n');
  // Most lines of a log are no errors: of those only what Postgres adds to a wait is read.
  const isQuiet = level === 'info' || level === 'debug';
  const keys = isQuiet ? ['detail'] : errorKeys;
  const beside = isQuiet ? [] : groupTexts(fields);
  const texts = [...exceptionTexts(more), ...keys.flatMap((key) => textsIn(fields[key])), ...beside];
  return {
    level,
    stampMs: stampOfField(valueOf(fields, stampKeys)),
    message: message.slice(0, longestText),
    details: [...new Set(texts)],
    sqlstate: isQuiet ? null : stateIn(fields),
    complete: true,
  };
};
