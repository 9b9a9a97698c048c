import { styleText } from 'node:util';
import { formatSeconds } from '../measure/numbers-in-words.ts';
import type { ScenarioResult, StepResult, Verdict } from '../result.ts';

/** What a run tells whoever watches. A terminal gets a live line, CI gets plain lines, `--json` gets nothing. */
export interface Progress {
  line(text: string): void;
  /** Overwritten in place on a terminal; dropped elsewhere. */
  live(text: string): void;
  step(step: StepResult): void;
  entry(result: ScenarioResult): void;
}

const words: Record<Verdict, string> = {
  pass: 'PASS',
  warn: 'WARN',
  fail: 'FAIL',
  inconclusive: 'INCONCLUSIVE',
  notApplicable: 'N/A',
};
const colours = { pass: 'green', warn: 'yellow', fail: 'red', inconclusive: 'magenta', notApplicable: 'gray' } as const;

const verdictWord = (verdict: Verdict, colour: boolean): string =>
  colour ? styleText(['bold', colours[verdict]], words[verdict], { validateStream: false }) : words[verdict];

/** "FAIL 5x (broken), NOT AS EXPECTED: …"; a broken variant that shows its symptoms passes, and has no grade. */
const entryLine = (result: ScenarioResult, colour: boolean): string => {
  const { name, variant, grade, verdict, reason } = result;
  const place = variant === 'healthy' ? name : `${name} (${variant})`;
  if (result.expected !== 'symptoms')
    return `${verdictWord(verdict, colour)} ${place}${grade === null ? '' : ` grade ${grade}`}: ${reason}`;
  return result.asExpected === true
    ? `${verdictWord('pass', colour)} ${place}, as expected: ${reason}`
    : `${verdictWord(verdict, colour)} ${place}, NOT AS EXPECTED: ${reason}`;
};

export const terminalProgress = (stream: NodeJS.WriteStream, startedAt: number = Date.now()): Progress => {
  const live = stream.isTTY === true && process.env['CI'] === undefined;
  const colour = live && process.env['NO_COLOR'] === undefined;
  const clear = (): void => {
    if (live) stream.write('\r\u001B[2K');
  };
  const line = (text: string): void => {
    clear();
    const time = formatSeconds(Date.now() - startedAt).padStart(8);
    stream.write(`${colour ? styleText('dim', time, { validateStream: false }) : time}  ${text}\n`);
  };
  return {
    line,
    live: (text) => {
      if (!live) return;
      clear();
      stream.write(`          ${text}`.slice(0, Math.max(20, (stream.columns ?? 100) - 1)));
    },
    step: (step) => line(`step: ${step.title}${step.ok ? '' : ` FAILED: ${step.message ?? ''}`}`),
    entry: (result) => line(entryLine(result, colour)),
  };
};

export const silentProgress: Progress = { line: () => {}, live: () => {}, step: () => {}, entry: () => {} };
