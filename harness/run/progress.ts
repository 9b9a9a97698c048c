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

export const verdictWord = (verdict: Verdict, colour: boolean): string =>
  colour ? styleText(['bold', colours[verdict]], words[verdict], { validateStream: false }) : words[verdict];

export const terminalProgress = (stream: NodeJS.WriteStream, startedAt: number = Date.now()): Progress => {
  const live = stream.isTTY === true && process.env['CI'] === undefined;
  const colour = live && process.env['NO_COLOR'] === undefined;
  const clear = (): void => {
    if (live) stream.write('\r\u001B[2K');
  };
  const line = (text: string): void => {
    clear();
    stream.write(
      `${colour ? styleText('dim', formatSeconds(Date.now() - startedAt).padStart(8), { validateStream: false }) : formatSeconds(Date.now() - startedAt).padStart(8)}  ${text}\n`,
    );
  };
  return {
    line,
    live: (text) => {
      if (!live) return;
      clear();
      stream.write(`          ${text}`.slice(0, Math.max(20, (stream.columns ?? 100) - 1)));
    },
    step: (step) => line(`step: ${step.title}${step.ok ? '' : ` FAILED: ${step.message ?? ''}`}`),
    entry: (result) => {
      const shows = result.expected === 'symptoms';
      const expectation = shows ? (result.asExpected ? ', as expected' : ', NOT AS EXPECTED') : '';
      const grade = shows || result.grade === null ? '' : ` grade ${result.grade}`;
      line(
        `${verdictWord(shows && result.asExpected === true ? 'pass' : result.verdict, colour)} ${result.name}${result.variant === 'healthy' ? '' : ` (${result.variant})`}${grade}${expectation}: ${result.reason}`,
      );
    },
  };
};

export const silentProgress: Progress = { line: () => {}, live: () => {}, step: () => {}, entry: () => {} };
