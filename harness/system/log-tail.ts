/** What a program said last: for the error that tells of its end. */
import { existsSync, readFileSync } from 'node:fs';

const mostLines = 20;

export const linesSince = (file: string, fromByte = 0, most = mostLines): string[] => {
  if (!existsSync(file)) return [];
  const text = readFileSync(file).subarray(fromByte).toString('utf8').trimEnd();
  return text === '' ? [] : text.split('\n').slice(-most);
};

/** A stack trace ends with its frames, npm with advice, our supervisor tells of the end: none is what happened. */
const isNoise = (line: string): boolean =>
  /^\s+at |^npm (error|ERR!|warn|notice)|ERROR supervisor: |^Node\.js v\d|^\s*[\^~{}]+\s*$|^\s*$/.test(line);
const isComplaint = (line: string): boolean =>
  /error|exception|fatal|panic|cannot|could not|not found|denied/i.test(line);

/** The line that says what went wrong, and the lines around it. */
export const lastWords = (file: string, fromByte = 0): { last: string; lines: string[] } => {
  const lines = linesSince(file, fromByte);
  const telling = lines.filter((line) => !isNoise(line));
  const last = telling.findLast(isComplaint) ?? telling.at(-1) ?? '';
  return { last: last.trim().slice(0, 300), lines };
};
