/** Lines behind a time or a name that a carrier of logs puts before them: kubectl, journalctl, Heroku, CloudWatch. */
import { leadingStamp } from './stamp.ts';

interface Carried {
  /** Empty where the carrier names nobody. */
  source: string;
  line: string;
}

const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?`;
const containerRuntime = new RegExp(String.raw`^${time} (?:stdout|stderr) [FP] (.*)$`);
const syslog = /^(?:<\d+>)?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ [\w./-]+(?:\[\d+\])?: (.*)$/;
const journal = new RegExp(String.raw`^${time} (?![A-Z]+ )\S+ [\w./@-]+\[\d+\]: (.*)$`);
const unnamed = [containerRuntime, syslog, journal];

const heroku = new RegExp(String.raw`^${time} ((?:app|heroku)\[[\w.-]+\]): (.*)$`);
const pod = /^\[pod\/([^\]\s]+)\] (.*)$/;
const alwaysNamed = [heroku, pod];

/** Names as words have them: they count where what follows is the start of a line, and from then on. */
const stream = new RegExp(String.raw`^${time} ([\w.$-]+\/\S+) (.*)$`);
const stern = /^((?:[a-z0-9]+-)+[a-z0-9]+ [a-z0-9-]+) (.*)$/;
const namedBefore = [stream, stern];
const mostNames = 100;

const stamped = new RegExp(String.raw`^${time}[ ](.*)$`);
const nanoseconds = /^\S+\.\d{9}Z /;

const isStart = (line: string): boolean => line.startsWith('{"') || leadingStamp(line) !== null;
const isFrame = (line: string): boolean => /^\s+(?:at |File "|\.\.\. \d)/.test(line);

const firstMatch = (patterns: readonly RegExp[], line: string): RegExpExecArray | null => {
  for (const pattern of patterns) {
    const match = pattern.exec(line);
    if (match !== null) return match;
  }
  return null;
};

const known = (line: string, names: Set<string>): Carried | null => {
  const [, source, rest] = firstMatch(namedBefore, line) ?? [];
  if (source === undefined || rest === undefined) return null;
  if (!names.has(source) && !isStart(rest)) return null;
  if (names.size < mostNames) names.add(source);
  return { source, line: rest };
};

/** `kubectl logs --timestamps` and `docker logs -t`: a time before the line, which most often has its own. */
const timeRemover = (): ((line: string) => string | null) => {
  let isCarriers = false;
  return (line) => {
    const rest = stamped.exec(line)?.[1];
    if (rest === undefined) return null;
    if (isFrame(rest) || (isStart(rest) && (!rest.startsWith('{') || nanoseconds.test(line)))) isCarriers = true;
    return isCarriers || rest.startsWith('{"') ? rest : null;
  };
};

/** What was carried; null where the line has nothing before it that only a carrier writes. */
export const textCarrier = (): ((line: string) => Carried | null) => {
  const names = new Set<string>();
  const withoutTime = timeRemover();
  return (line) => {
    const unnamedLine = firstMatch(unnamed, line)?.[1];
    if (unnamedLine !== undefined) return { source: '', line: unnamedLine };
    const [, source, named] = firstMatch(alwaysNamed, line) ?? [];
    if (source !== undefined && named !== undefined) return { source, line: named };
    const found = known(line, names);
    if (found !== null) return found;
    const rest = withoutTime(line);
    return rest === null ? null : { source: '', line: rest };
  };
};
