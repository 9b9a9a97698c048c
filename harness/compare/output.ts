/** What a comparison and a history come to: text for the terminal, files, and an exit code. */
import { exitCodes, type ExitCode } from '../errors.ts';
import type { Comparison } from './comparison.ts';
import type { History } from './history.ts';
import { comparisonMarkdown, historyMarkdown } from './markdown.ts';
import { comparePage } from './pages/compare-page.ts';
import { historyPage } from './pages/history-page.ts';
import { printable } from './words.ts';

export interface CommandOutput {
  text: string;
  files: { path: string; content: string }[];
  exitCode: ExitCode;
}

const comparisonExitCodes: Readonly<Record<Comparison['verdict'], ExitCode>> = {
  regression: exitCodes.failed,
  inconclusive: exitCodes.inconclusive,
  improvement: exitCodes.asExpected,
  same: exitCodes.asExpected,
  notEnoughData: exitCodes.asExpected,
};

/** compare.html, compare.md and compare.json. */
export const comparisonOutput = async (comparison: Comparison, { json = false } = {}): Promise<CommandOutput> => {
  const document = `${JSON.stringify(comparison)}\n`;
  return {
    text: json ? document : printable(`${comparison.sentence}\n${comparison.nextStep}\n`),
    files: [
      { path: 'compare.html', content: await comparePage(comparison) },
      { path: 'compare.md', content: comparisonMarkdown(comparison) },
      { path: 'compare.json', content: document },
    ],
    exitCode: comparisonExitCodes[comparison.verdict],
  };
};

/** Runs that were left out for one reason make one line; the page lists them all. */
const mostLeftOutLines = 5;
const mostNamesInLine = 3;

const leftOutLine = (reason: string, runs: History['leftOut']): string => {
  const names = runs.slice(0, mostNamesInLine).map(({ name }) => name);
  const more = runs.length > mostNamesInLine ? ` and ${runs.length - mostNamesInLine} more` : '';
  return `left out: ${names.join(', ')}${more}: ${reason}`;
};

const leftOutLines = (leftOut: History['leftOut']): string[] => {
  const lines = [...Map.groupBy(leftOut, ({ reason }) => reason)].map(([reason, runs]) => leftOutLine(reason, runs));
  if (lines.length <= mostLeftOutLines) return lines;
  const further = lines.length - mostLeftOutLines;
  return [...lines.slice(0, mostLeftOutLines), `left out: for ${further} more reasons, see the page`];
};

/** history.html, history.md and history.json. `unreadable`: one line for each run that could not be read. */
export const historyOutput = async (
  history: History,
  { unreadable, json = false }: { unreadable: readonly string[]; json?: boolean },
): Promise<CommandOutput> => {
  const document = `${JSON.stringify(history)}\n`;
  const lines = [
    ...unreadable,
    ...leftOutLines(history.leftOut),
    `${history.runs.length} ${history.runs.length === 1 ? 'run' : 'runs'}, ${history.trends.length} trends`,
    history.sentence,
    ...history.notes,
  ];
  return {
    text: json ? document : printable(`${lines.join('\n')}\n`),
    files: [
      { path: 'history.html', content: await historyPage(history) },
      { path: 'history.md', content: historyMarkdown(history) },
      { path: 'history.json', content: document },
    ],
    exitCode: history.verdict === 'regression' ? exitCodes.failed : exitCodes.asExpected,
  };
};
