/** What a user gives for k6 on our command line, `-e NAME=VALUE` and options behind `--`, checked before all else. */
import { usageError } from '../errors.ts';
import type { ScriptVariable } from './k6-variables.ts';

/** Why an option of k6 cannot be given, by its name. */
const taken: Readonly<Record<string, string>> = {
  'console-output': 'what the script prints is kept in the run’s folder already',
  'log-format': 'k6’s log is read for its errors',
  'log-output': 'k6’s log is read for its errors, and kept in the run’s folder',
  'summary-export': 'k6’s end figures are read from it; a handleSummary of the script’s own runs as ever',
  'summary-mode': 'k6’s end figures are what ours must agree with',
  'no-summary': 'k6’s end figures are what ours must agree with',
  'new-machine-readable-summary': 'it leaves out end figures that ours must agree with',
  linger: 'the run would not end',
  address: 'k6’s API says when the test is over',
  paused: 'the load would not begin',
  'include-system-env-vars': 'the script sees the environment in any case',
  type: 'the script is a script',
};

const shortNames: Readonly<Record<string, string>> = {
  a: 'address',
  c: 'config',
  d: 'duration',
  e: 'env',
  i: 'iterations',
  l: 'linger',
  o: 'out',
  p: 'paused',
  q: 'quiet',
  s: 'stage',
  t: 'type',
  u: 'vus',
  v: 'verbose',
  w: 'throw',
};

/** These stand alone; every other option has a value behind it. */
const flags = new Set(
  `paused no-setup no-teardown http-debug insecure-skip-tls-verify no-connection-reuse no-vu-connection-reuse throw
   discard-response-bodies include-system-env-vars no-thresholds no-summary new-machine-readable-summary linger
   no-usage-report no-color profiling-enabled quiet verbose`.split(/\s+/),
);

/** One option of k6 as it was typed, with its value behind it where it has one. */
export interface K6Option {
  name: string;
  typed: string[];
  value: string | null;
}

const nameOf = (word: string): string | null => {
  if (word.startsWith('--')) return word.slice(2).split('=')[0] ?? '';
  return /^-[a-z]/.test(word) ? (shortNames[word[1]!] ?? word[1]!) : null;
};

/** `--vus=3` and `-u3` hold their value; null where it is the next word. */
const valueWithin = (word: string): string | null => {
  if (!word.startsWith('--')) return word.length > 2 ? word.slice(2).replace(/^=/, '') : null;
  return word.includes('=') ? word.slice(word.indexOf('=') + 1) : null;
};

const strayWord = (word: string): Error =>
  usageError(`what follows -- are options of k6, as in -- --vus 20 --duration 20s; "${word}" is none`);

/** Options one by one; throws a usage error of one line for what is none, or cannot be given. */
export const k6OptionsOf = (words: readonly string[]): K6Option[] => {
  const options: K6Option[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!;
    const name = nameOf(word);
    if (name === null) throw strayWord(word);
    const why = taken[name];
    if (why !== undefined) throw usageError(`k6's --${name} cannot be given behind --: ${why}`);
    const within = valueWithin(word);
    if (within !== null || flags.has(name)) {
      options.push({ name, typed: [word], value: within });
      continue;
    }
    const next = words[(index += 1)];
    if (next === undefined) throw usageError(`k6's ${word} behind -- lacks its value`);
    options.push({ name, typed: [word, next], value: next });
  }
  return options;
};

export const typedOf = (options: readonly K6Option[]): string[] => options.flatMap(({ typed }) => typed);

const reserved = /^PGSURGE_/;

/** `NAME=VALUE`, each; throws a usage error of one line for what is not. */
export const variablesOf = (words: readonly string[]): ScriptVariable[] =>
  words.map((word) => {
    const at = word.indexOf('=');
    const name = at === -1 ? word : word.slice(0, at);
    if (at < 1 || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      throw usageError(`-e takes NAME=VALUE, as in -e SHOP_URL=http://127.0.0.1:8090; it got "${name}"`);
    if (reserved.test(name)) throw usageError(`-e ${name}: names that begin with PGSURGE_ are pgsurge's own`);
    return { name, value: word.slice(at + 1) };
  });
