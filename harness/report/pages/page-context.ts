import type { Budgets, Chart } from '../charts/chart.ts';
import type { RunResult } from '../../result.ts';

/** What the pages of a run have in common. */
export interface PageContext {
  run: RunResult;
  /** The run has one page only: it speaks for the whole run and links to no index. */
  alone: boolean;
  charts: readonly Chart[];
  budgets: Budgets;
  /** The rule of the letter, which is printed beside it. */
  gradeRule: string | null;
}

export const footerOf = ({ id }: RunResult): string =>
  `pgsurge · run ${id} · re-made from its saved samples at any time: pgsurge report ${id}`;
