/**
 * A run as pages: from its document and its observations, with no stack up. The same run gives the same files.
 * One scenario: report.html is its page. Otherwise report.html is the index. Variants of a scenario share a page.
 */
import type { Budgets } from './charts/chart.ts';
import { loadCharts } from './charts/load-charts.ts';
import { slug } from './html.ts';
import { junitOf } from './junit.ts';
import { entryPage } from './pages/entry-page.ts';
import { incidentPage } from './pages/incident-page.ts';
import { indexPage } from './pages/index-page.ts';
import type { PageContext } from './pages/page-context.ts';
import type { EntryData } from './sections/entry-data.ts';
import { summaryOf } from './summary.ts';
import type { Observations } from '../measure/tracks/observations.ts';
import type { RunResult, ScenarioResult } from '../result.ts';

export interface ReportOptions {
  /** By component name; charts of CPU and memory draw shares of these. */
  budgets?: Budgets;
  /** The rule of the letter, which is printed beside it. */
  gradeRule?: string;
}

export interface ReportFile {
  path: string;
  content: string;
}

type Group = readonly ScenarioResult[];

/** Variants of one scenario and repeat share a page. */
const groupsOf = (scenarios: readonly ScenarioResult[]): Group[] => [
  ...Map.groupBy(scenarios, ({ name, repeat, release }) => JSON.stringify([name, repeat, release ?? null])).values(),
];

/** The entry's own name; for several variants without the variant's. */
const nameOf = ([first, ...others]: Group): string => {
  const { entry, name, release, repeat } = first!;
  if (others.length === 0) return entry;
  return [name, ...(release ? [release] : []), ...(repeat > 1 ? [String(repeat)] : [])].join('.');
};

const pathOf = (group: Group): string => `${slug(nameOf(group))}.html`;

const pageFor = (context: PageContext, entries: readonly EntryData[]): Promise<string> =>
  entries.length === 1 ? entryPage(context, entries[0]!) : incidentPage(context, entries);

const indexFor = async (run: RunResult, groups: readonly Group[]): Promise<ReportFile> => {
  const paths = new Map(groups.flatMap((group) => group.map((scenario) => [scenario, pathOf(group)])));
  return { path: 'report.html', content: await indexPage(run, (scenario) => paths.get(scenario)!) };
};

type ObservationsOf = (entry: string) => Promise<Observations | null>;

const entriesOf = async (group: Group, observationsOf: ObservationsOf): Promise<EntryData[]> => {
  const entries: EntryData[] = [];
  for (const scenario of group) entries.push({ scenario, observations: await observationsOf(scenario.entry) });
  return entries;
};

export const renderRun = async (
  run: RunResult,
  observationsOf: ObservationsOf,
  { budgets = {}, gradeRule }: ReportOptions = {},
): Promise<ReportFile[]> => {
  const groups = groupsOf(run.scenarios);
  const alone = groups.length === 1;
  const context = { run, alone, budgets, gradeRule: gradeRule ?? null, charts: await loadCharts() };
  const pages: ReportFile[] = [];
  // One after the other: the observations of one page may be large.
  for (const group of groups) {
    const content = await pageFor(context, await entriesOf(group, observationsOf));
    pages.push({ path: alone ? 'report.html' : pathOf(group), content });
  }
  return [
    ...(alone ? [] : [await indexFor(run, groups)]),
    ...pages,
    { path: 'summary.md', content: summaryOf(run) },
    { path: 'junit.xml', content: junitOf(run) },
  ];
};
