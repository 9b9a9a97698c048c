/** What k6's log says beside its figures: exceptions, why a test ended early, users that ran out, what was not sent. */
import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { k6Exit } from '../measure/k6-exit-codes.ts';
import { readK6Line, type K6Line } from '../tools/k6-output.ts';
import { ownModuleName } from '../tools/script-view.ts';
import type { ExceptionPlace, ScriptExceptions, ScriptWords } from '../result.ts';

/** Different texts that are kept apart; all are counted. */
const mostTexts = 20;
const longestText = 300;

const clipped = (text: string): string => (text.length > longestText ? `${text.slice(0, longestText)}…` : text);

/** An exception in an iteration names the scenario; the functions that k6 calls once stand in the stack. */
const placeOf = ({ msg, scenario }: K6Line): ExceptionPlace => {
  if (scenario !== undefined) return 'iteration';
  const functions = ['setup', 'teardown', 'handleSummary'] as const;
  return functions.find((name) => msg.includes(`at ${name} (`)) ?? 'elsewhere';
};

/** "TypeError: …\n\tat default (file:///shop/d1.js:14:61(20))\n": the text, and the innermost line of the script. */
const partsOf = (msg: string): { text: string; line: string } => {
  const [text = '', ...frames] = msg.split(/\n\s*at /);
  const isOfScript = (one: string): boolean => one.includes('file://') && !one.includes(ownModuleName);
  const frame = frames.find(isOfScript) ?? frames[0] ?? '';
  const place = /([^/\s(]+:\d+:\d+)/.exec(frame)?.[1] ?? frame.trim();
  return { text: clipped(text.trim()), line: place };
};

/** Of such a request k6 makes an answer without a status, and no sample. */
const notSent = /^invalid URL: /;

class Words {
  readonly #exceptions = new Map<string, ScriptExceptions>();
  readonly #userCaps = new Map<string, number>();
  #stopped: ScriptWords['stopped'] = null;
  #markedFailed: string | null = null;
  #summaryProblem: string | null = null;
  #complaint: string | null = null;
  #unsent: ScriptWords['unsent'] = null;

  take(line: K6Line): void {
    const { msg } = line;
    if (line.source === 'console') return;
    if (line.source === 'stacktrace') this.#exception(line);
    else if (line.level === 'warning') this.#warning(line);
    else if (/abortOnFail enabled, stopping test/.test(msg)) this.#stopped ??= { by: 'threshold', words: msg };
    else if (msg.startsWith('test aborted: ')) this.#stopped ??= { by: 'script', words: abortWords(msg) };
    else if (msg.startsWith('test marked as failed: ')) this.#markedFailed ??= msg.slice(23);
    else if (/end-of-test summary/.test(msg)) this.#summaryProblem ??= summaryWords(line);
    else if (line.level === 'error' && line.source === undefined) this.#complaint = withoutPlace(msg);
  }

  /**
   * A summary on standard output may look like a line of the log: a test that ended well was not stopped. k6 aborts one
   * for want of something, as a browser, and says no more than what was wrong last.
   */
  endedWith(exitCode: number | null | undefined): void {
    if (exitCode === k6Exit.asDeclared) {
      this.#stopped = null;
      this.#markedFailed = null;
    }
    if (exitCode === k6Exit.aborted && this.#complaint !== null) this.#stopped ??= { by: 'k6', words: this.#complaint };
  }

  #warning({ msg, scenario = '', error = '' }: K6Line): void {
    if (notSent.test(error))
      this.#unsent = { text: this.#unsent?.text ?? clipped(error), count: (this.#unsent?.count ?? 0) + 1 };
    const users = /^Insufficient VUs, reached (\d+) active VUs/.exec(msg)?.[1];
    if (users !== undefined) this.#userCaps.set(scenario, Number(users));
  }

  #exception(line: K6Line): void {
    const place = placeOf(line);
    const { text, line: where } = partsOf(line.msg);
    if (place === 'handleSummary') this.#summaryProblem ??= `${text} (${where})`;
    const key = `${place} ${where} ${text}`;
    if (this.#exceptions.has(key) || this.#exceptions.size < mostTexts) this.#count(key, { place, text, line: where });
    else this.#count(`${place} others`, { place, text: 'further texts', line: '' });
  }

  #count(key: string, exception: Omit<ScriptExceptions, 'count'>): void {
    const known = this.#exceptions.get(key);
    if (known === undefined) this.#exceptions.set(key, { ...exception, count: 1 });
    else known.count += 1;
  }

  result(): ScriptWords {
    return {
      exceptions: [...this.#exceptions.values()],
      stopped: this.#stopped,
      markedFailed: this.#markedFailed,
      userCaps: [...this.#userCaps].map(([scenario, users]) => ({ scenario, users })),
      summaryProblem: this.#summaryProblem,
      unsent: this.#unsent,
    };
  }
}

/** Without the place in the script that k6 appends. */
const withoutPlace = (msg: string): string => clipped(msg.replace(/ at \S+ \(file:.*$/s, ''));
const abortWords = (msg: string): string => withoutPlace(msg.slice('test aborted: '.length));

const summaryWords = ({ msg, error }: K6Line): string => {
  const [, ...problems] = (error ?? msg).split('\n').map((text) => text.replace(/^[\s-]+/, ''));
  return clipped(problems.find((text) => text !== '') ?? error ?? msg);
};

/**
 * The log of a scenario of ours has no frames around its messages: an exception is a text and the lines `at …` under
 * it, of which the first makes it one.
 */
class RawLines {
  #before = '';

  next(text: string): K6Line | null {
    const isFrame = /^\s+at .*file:\/\//.test(text);
    const before = this.#before;
    this.#before = isFrame ? '' : text;
    if (isFrame)
      return before === '' ? null : { level: 'error', source: 'stacktrace', scenario: '', msg: `${before}\n${text}` };
    return text.startsWith('Insufficient VUs, ') ? { level: 'warning', msg: text, scenario: '' } : null;
  }
}

/** Streamed: a script that throws in every iteration writes as many lines. */
export const readK6Words = async (logFile: string, exitCode?: number | null): Promise<ScriptWords> => {
  const words = new Words();
  if (!existsSync(logFile)) return words.result();
  const raw = new RawLines();
  for await (const text of createInterface({ input: createReadStream(logFile), crlfDelay: Infinity })) {
    const line = readK6Line(text) ?? raw.next(text);
    if (line !== null) words.take(line);
  }
  words.endedWith(exitCode);
  return words.result();
};
