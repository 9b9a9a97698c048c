/** k6's own end figures, the reference that the harness's must agree with. */
import { currentPlan } from './define.ts';

interface SummaryData {
  metrics: Record<string, { type: string; values: Record<string, number> }>;
}

const rounded = (value: number): string => String(Math.round(value * 100) / 100);

const lines = ({ metrics }: SummaryData): string =>
  Object.entries(metrics)
    .map(
      ([name, { values }]) =>
        `${name}: ${Object.entries(values)
          .map(([stat, value]) => `${stat}=${rounded(value)}`)
          .join(' ')}`,
    )
    .join('\n');

/**
 * Bare: undefined, so that k6 prints its own text. Under the harness: the figures to its file, one line each to stdout.
 */
export const handleSummary = (data: SummaryData): Record<string, string> | undefined => {
  const { summaryFile } = currentPlan();
  if (summaryFile === null) return undefined;
  return { [summaryFile]: JSON.stringify(data), stdout: `${lines(data)}\n` };
};
