/**
 * A run as pages: from its document and its observations, with no stack up and no I/O. The same run gives the same files.
 * One scenario with one variant: report.html is its page. Otherwise report.html is the index.
 */
import type { Budgets } from './charts/definitions.ts';
import { entryPage } from './entry-page.ts';
import { slug } from './html.ts';
import { indexPage } from './index-page.ts';
import { junitOf } from './junit.ts';
import { summaryOf } from './summary.ts';
import type { Observations } from '../measure/observations.ts';
import type { RunResult, ScenarioResult } from '../result.ts';

export interface ReportOptions {
  /** By component name; charts of CPU and memory draw shares of these. */
  budgets?: Budgets;
  /** Printed beside the letter. */
  gradeRule?: string;
}

export interface ReportFile { path: string; content: string }

export const renderRun = async (
  run: RunResult, observationsOf: (entry: string) => Promise<Observations | null>, options: ReportOptions = {},
): Promise<ReportFile[]> => {
  const alone = run.scenarios.length === 1;
  const pathOf = (scenario: ScenarioResult): string => (alone ? 'report.html' : `${slug(scenario.entry)}.html`);
  const pages: ReportFile[] = [];
  // One after the other: the observations of one entry may be large.
  for (const scenario of run.scenarios) {
    const observations = await observationsOf(scenario.entry);
    pages.push({ path: pathOf(scenario), content: await entryPage({ run, scenario, observations, alone, options }) });
  }
  return [
    ...(alone ? [] : [{ path: 'report.html', content: indexPage(run, pathOf) }]), ...pages,
    { path: 'summary.md', content: summaryOf(run) }, { path: 'junit.xml', content: junitOf(run) },
  ];
};
