import { isK6Option } from './k6-variables.ts';
import { ownModuleName } from './script-view.ts';
import type { Tool } from './tool.ts';

/** What a shell may hold for k6 (K6_VUS, K6_OUT, …) would override a scenario's own options: none of it reaches k6. */
export const isK6Variable = (name: string): boolean => name.startsWith('K6_');

const environmentWithout = (isKept: (name: string) => boolean, k6: Tool): Record<string, string> => ({
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !isKept(entry[0]),
    ),
  ),
  ...k6.env,
});

/** This process' environment for k6, without variables that change its options. */
export const k6Environment = (k6: Tool): Record<string, string> => environmentWithout(isK6Variable, k6);

/** Likewise for a stranger's script, which sees all but k6's own options: names of its own may begin with `K6_`. */
export const environmentForScript = (k6: Tool): Record<string, string> => environmentWithout(isK6Option, k6);
/** One line of k6's log with `--log-format json`. */
export interface K6Line {
  level: string;
  msg: string;
  /** What went wrong, where the message only says during what. */
  error?: string;
  /** `stacktrace` of an exception; `console` of what the script prints. */
  source?: string;
  /** Only of what happens in an iteration. */
  scenario?: string;
}

const isLine = (value: unknown): value is K6Line =>
  typeof value === 'object' && value !== null && 'msg' in value && typeof value.msg === 'string' && 'level' in value;

/** Null for what is no line of the log, as k6's summary in the same file. */
export const readK6Line = (text: string): K6Line | null => {
  if (!text.startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isLine(value) ? value : null;
  } catch {
    return null;
  }
};

/** What k6 complains of in its log, as plain lines. */
export const complaintsOfK6 = (log: string): string =>
  log
    .split('\n')
    .map(readK6Line)
    .filter((line) => line !== null && ['error', 'fatal', 'panic'].includes(line.level))
    .map((line) => [line?.msg, line?.error].filter((text) => text !== undefined).join(': '))
    .join('\n');

const framing = [
  /^time="[^"]*" level=\w+ msg="/,
  /^could not initialize '[^']*': /,
  /^could not load JS test '[^']*': /,
  /^(Uncaught )?(GoError|Error): /,
  /^- /,
];

/** Above a list of complaints, of which the first says more. */
const heading = /^There were problems with the specified script configuration:$/;

/** The first line of k6's complaint that says something, without the frames that k6 puts around it. */
export const firstLineOfK6 = (output: string): string => {
  const line =
    output
      .split('\n')
      .map((text) => text.trim())
      .find((text) => text.length > 0 && !heading.test(text)) ?? 'k6 said nothing';
  const bare = framing.reduce((text, frame) => text.replace(frame, ''), line).replace(/file:\/\/\S*\/([^/\s]+)/g, '$1');
  return bare.length > 240 ? `${bare.slice(0, 240)}…` : bare;
};

/** The innermost place that a complaint names: `main.ts, line 17`. */
const placeOf = (output: string): string | null => {
  const places = output.matchAll(/\bat (?:\S+ \()?file:\/\/\S*?([^/\s]+):(\d+):\d+/g);
  const found = [...places].find(([, file]) => file !== ownModuleName);
  return found === undefined ? null : `${found[1]}, line ${found[2]}`;
};

const needsExtension = /Failed to provision a k6 binary/;

/** k6 fetches one that its own service builds, and says at length that it could not. */
const extensionWords = (output: string): string => {
  const why = output
    .trim()
    .split('\n')
    .at(-1)!
    .trim()
    .replace(/^(building binary: )+/, '');
  return `it needs an extension of k6, which could not be fetched (${why}): set K6_BIN to a k6 that has it`;
};

/** What a script that does not load says, and where, in one line. */
export const complaintOfK6 = (output: string): string => {
  if (needsExtension.test(output)) return extensionWords(output);
  const place = placeOf(output);
  const line = firstLineOfK6(output).replace(/"$/, '');
  return place === null ? line : `${line} (${place})`;
};
