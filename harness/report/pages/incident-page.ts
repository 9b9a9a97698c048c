/** One scenario with several variants: the page that shows the failure, and then the fix holding. */
import { storyCharts } from '../charts/chart.ts';
import type { Drawing } from '../charts/drawing.ts';
import { drawnTracks } from '../charts/drawings.ts';
import { entryWindow } from '../charts/entry-window.ts';
import { payloadOf } from '../charts/payload.ts';
import { expectedWords } from '../format.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { alignedWindows } from '../sections/aligned-windows.ts';
import { bannerOf } from '../sections/banner.ts';
import { provenanceSection } from '../sections/conditions.ts';
import type { EntryData } from '../sections/entry-data.ts';
import { distinctClaims, doneSection, symptomsSection } from '../sections/incident.ts';
import type { Timed } from '../sections/incident.ts';
import { figuresOf, keyRows, rowsOf } from '../sections/panels.ts';
import type { Row } from '../sections/panels.ts';
import { claimsSection } from '../sections/claims.ts';
import { sectionOf } from '../sections/table.ts';
import { variantDetails } from '../sections/variant-details.ts';
import { costSection } from '../sections/cost.ts';
import { taleSection } from '../sections/tale.ts';
import { criteriaByVariant } from '../sections/variant-criteria.ts';
import { differencesSection } from '../sections/differences.ts';
import { variantsSection } from '../sections/variants.ts';
import { causeWords, failsOnPurpose, purposeWords, variantWords } from '../../measure/cause-words.ts';
import { plural } from '../../measure/numbers-in-words.ts';
import type { Track } from '../../measure/tracks/track.ts';
import type { RunResult, ScenarioResult } from '../../result.ts';
import { footerOf } from './page-context.ts';
import type { PageContext } from './page-context.ts';
import { pageOf } from './page.ts';

type Scenarios = readonly ScenarioResult[];

const verdictOf = (scenarios: Scenarios): 'pass' | 'fail' | 'inconclusive' => {
  if (scenarios.some(({ asExpected }) => asExpected === false)) return 'fail';
  return scenarios.every(({ asExpected }) => asExpected === true) ? 'pass' : 'inconclusive';
};

/** Which half, and why: the first that is not as expected; else what caused what each did. */
const sentenceOf = (scenarios: Scenarios): string => {
  const odd =
    scenarios.find(({ asExpected }) => asExpected === false) ?? scenarios.find(({ asExpected }) => asExpected === null);
  if (odd !== undefined) {
    const cause = causeWords(odd);
    return `${variantWords(odd)}: ${cause === null ? '' : `${cause} `}${odd.message ?? odd.reason}`;
  }
  const wordsOf = (scenario: ScenarioResult): string =>
    failsOnPurpose(scenario) ? purposeWords(scenario, scenarios) : (causeWords(scenario) ?? `${scenario.reason}.`);
  return scenarios
    .slice(0, 2)
    .map((scenario) => `${variantWords(scenario)}: ${wordsOf(scenario)}`)
    .join(' ');
};

const kickerOf = ({ startedAt, profile, stack }: RunResult, repeat: number): string =>
  [
    startedAt.slice(0, 10),
    `profile ${profile.name}`,
    `${stack.provider} stack`,
    ...(repeat > 1 ? [`repeat ${repeat}`] : []),
  ].join(' · ');

const bannerFor = ({ run, alone }: PageContext, scenarios: Scenarios): Html => {
  const verdict = verdictOf(scenarios);
  const expected = scenarios.filter(({ asExpected }) => asExpected === true).length;
  return bannerOf({
    kicker: kickerOf(run, scenarios[0]!.repeat),
    title: scenarios[0]!.title,
    verdict,
    word: expectedWords[verdict],
    sentence: alone ? run.sentence : sentenceOf(scenarios),
    nextStep: alone ? run.nextStep : null,
    grade: null,
    gradeRule: null,
    tally: `${expected} of ${plural(scenarios.length, 'variant')} as expected`,
  });
};

const titleOf = (scenarios: Scenarios): string =>
  `${scenarios[0]!.title}: ${expectedWords[verdictOf(scenarios)].toLowerCase()} · pgsurge`;

const contents: [string, string][] = [
  ['tale', 'Story'],
  ['picture', 'Picture'],
  ['differences', 'What differs'],
  ['symptoms', 'Symptoms'],
  ['charts', 'Charts'],
  ['provenance', 'Provenance'],
];

const tracksFor = ({ scenario, observations }: EntryData, { charts }: PageContext): ReadonlyMap<string, Track> =>
  observations === null ? new Map() : drawnTracks(observations, entryWindow(scenario, observations), charts);

/** The instants in words are those of the charts' axes. */
const timedEntries = (entries: readonly EntryData[]): Timed[] => {
  const windows = alignedWindows(entries);
  return entries.map(({ scenario }) => {
    const startMs = windows.get(scenario.entry)?.startMs ?? scenario.startedMs ?? 0;
    return { scenario, startMs };
  });
};

const howToRead =
  'Every panel begins half a second before its service started, where that is known. Hair lines: steps such as ' +
  'restarts; purple: a fault.';

const chartsSection = async (rows: readonly Row[]): Promise<Html | null> =>
  sectionOf(
    'charts',
    'All charts, on the same axes and scales',
    html`<p class="lead">${howToRead}</p>`,
    ...(await figuresOf(rows)),
  );

const detailsSection = (run: RunResult, entries: readonly EntryData[], timed: readonly Timed[]): Html | null =>
  sectionOf(
    'details',
    'Each variant in detail',
    ...entries.map((entry, index) => variantDetails(run, entry, timed[index]!.startMs)),
  );

const drawingsIn = (rows: readonly Row[]): Drawing[] =>
  rows.flatMap(({ panels }) => panels.map(({ drawing }) => drawing));

/** Tables in which the variants stand beside each other. */
const tablesOf = (context: PageContext, entries: readonly EntryData[], timed: readonly Timed[]): (Html | null)[] => {
  const scenarios = entries.map(({ scenario }) => scenario);
  const tracks = entries.map((entry) => tracksFor(entry, context));
  return [
    variantsSection(scenarios),
    differencesSection(scenarios),
    doneSection(timed),
    symptomsSection(timed),
    criteriaByVariant(scenarios),
    costSection(scenarios, tracks),
    claimsSection(distinctClaims(scenarios)),
  ];
};

/** The charts that explain the incident, and all others: none stands on the page twice. */
const rowsFor = ({ charts, budgets }: PageContext, entries: readonly EntryData[]): { key: Row[]; story: Row[] } => {
  const key = keyRows(charts, entries, budgets);
  const others = storyCharts(charts).filter(({ id }) => key.every(({ chart }) => chart.id !== id));
  return { key, story: rowsOf(others, entries, budgets) };
};

export const incidentPage = async (context: PageContext, entries: readonly EntryData[]): Promise<string> => {
  const { run, alone } = context;
  const scenarios = entries.map(({ scenario }) => scenario);
  const first = scenarios[0]!;
  const { key, story } = rowsFor(context, entries);
  const timed = timedEntries(entries);
  return pageOf({
    title: titleOf(scenarios),
    back: alone ? null : 'report.html',
    footer: footerOf(run),
    contents,
    banner: bannerFor(context, scenarios),
    body: [
      taleSection(first),
      sectionOf('picture', 'The picture that explains it', ...(await figuresOf(key))),
      ...tablesOf(context, entries, timed),
      await chartsSection(story),
      detailsSection(run, entries, timed),
      provenanceSection(run, first),
      payloadOf(drawingsIn([...key, ...story]), run, scenarios),
    ],
  });
};
