/**
 * A run as pages: from its document and its observations, with no stack up and no I/O. The same run gives the same files.
 * One scenario: report.html is its page. Otherwise report.html is the index. Variants of a scenario share a page.
 */
import type { Budgets } from './charts/definitions.ts';
import { entryPage } from './pages/entry-page.ts';
import { slug } from './html.ts';
import { incidentPage } from './pages/incident-page.ts';
import { indexPage } from './pages/index-page.ts';
import { junitOf } from './junit.ts';
import type { Seen } from './sections/panels.ts';
import { summaryOf } from './summary.ts';
import type { Observations } from '../measure/tracks/observations.ts';
import type { RunResult, ScenarioResult } from '../result.ts';

export interface ReportOptions {
  /** By component name; charts of CPU and memory draw shares of these. */
  budgets?: Budgets;
  /** Printed beside the letter. */
  gradeRule?: string;
}

/** Variants of one scenario and repeat share a page. */
const groupsOf = (scenarios: readonly ScenarioResult[]): ScenarioResult[][] => [
  ...Map.groupBy(scenarios, ({ name, repeat, release }) => JSON.stringify([name, repeat, release ?? null])).values(),
];

/** `<entry>.html`; for several variants without the variant's name. */
const pathOfGroup = ([first, ...others]: readonly ScenarioResult[]): string =>
  `${slug(others.length === 0 ? first!.entry : [first!.name, ...(first!.release ? [first!.release] : []), ...(first!.repeat > 1 ? [String(first!.repeat)] : [])].join('.'))}.html`;

const pageFor = (seen: readonly Seen[], run: RunResult, alone: boolean, options: ReportOptions): Promise<string> =>
  seen.length === 1 ? entryPage({ run, ...seen[0]!, alone, options }) : incidentPage({ run, seen, alone, options });

export interface ReportFile {
  path: string;
  content: string;
}

export const renderRun = async (
  run: RunResult,
  observationsOf: (entry: string) => Promise<Observations | null>,
  options: ReportOptions = {},
): Promise<ReportFile[]> => {
  const groups = groupsOf(run.scenarios);
  const alone = groups.length === 1;
  const pathOf = (scenario: ScenarioResult): string =>
    alone ? 'report.html' : pathOfGroup(groups.find((group) => group.includes(scenario)) ?? [scenario]);
  const pages: ReportFile[] = [];
  // One after the other: the observations of one page may be large.
  for (const group of groups) {
    const seen: Seen[] = [];
    for (const scenario of group) seen.push({ scenario, observations: await observationsOf(scenario.entry) });
    pages.push({ path: pathOf(group[0]!), content: await pageFor(seen, run, alone, options) });
  }
  return [
    ...(alone ? [] : [{ path: 'report.html', content: indexPage(run, pathOf) }]),
    ...pages,
    { path: 'summary.md', content: summaryOf(run) },
    { path: 'junit.xml', content: junitOf(run) },
  ];
};
