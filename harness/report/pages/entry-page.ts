/** The page of one entry: verdict, criteria, story, proof, conditions. */
import { drawingsOf } from '../charts/drawings.ts';
import { entryWindow } from '../charts/entry-window.ts';
import { storyCharts } from '../charts/chart.ts';
import { isLoud } from '../charts/drawing.ts';
import type { Drawing } from '../charts/drawing.ts';
import { payloadOf } from '../charts/payload.ts';
import { isPlainVariant, shownVerdict } from '../format.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { bannerOf, tallyOf } from '../sections/banner.ts';
import { healthSection, provenanceSection, settingsSection } from '../sections/conditions.ts';
import { controlSection } from '../sections/control.ts';
import { criteriaSection } from '../sections/criteria.ts';
import { figuresSection } from '../sections/phases.ts';
import { checksSection, identitiesSection } from '../sections/checks.ts';
import { errorsSection } from '../sections/errors.ts';
import { faultsSection } from '../sections/faults.ts';
import { claimsSection } from '../sections/claims.ts';
import { diagnosisSection } from '../sections/diagnosis.ts';
import { symptomsTable } from '../sections/symptoms.ts';
import type { EntryData } from '../sections/entry-data.ts';
import { storySection } from '../sections/story.ts';
import { sectionOf } from '../sections/table.ts';
import { waiversSection } from '../sections/waivers.ts';
import type { Window } from '../../measure/tracks/windows.ts';
import type { RunResult, ScenarioResult } from '../../result.ts';
import { doubtsOf, kickerOf, wordsOf } from './entry-words.ts';
import type { BannerWords } from './entry-words.ts';
import { footerOf } from './page-context.ts';
import type { PageContext } from './page-context.ts';
import { pageOf } from './page.ts';

const titleOf = ({ title, variant, variantTitle }: ScenarioResult): string =>
  isPlainVariant(variant) ? title : `${title} · ${variantTitle ?? variant}`;

const bannerFor = (scenario: ScenarioResult, { run, gradeRule }: PageContext, words: BannerWords): Html =>
  bannerOf({
    kicker: kickerOf(run, scenario),
    title: titleOf(scenario),
    ...shownVerdict(scenario),
    ...words,
    grade: scenario.expected === 'symptoms' ? null : scenario.grade,
    gradeRule,
    tally: `${tallyOf(scenario.criteria)}${doubtsOf(scenario)}`,
  });

const contentsOf = (hasStory: boolean): [string, string][] => [
  ['criteria', 'Criteria'],
  ...(hasStory ? [['story', 'Story'] as [string, string]] : []),
  ['figures', 'Figures'],
  ['provenance', 'Provenance'],
];

/** An entry without samples has no charts; its instants are told from its start. */
const storyOf = ({ charts, budgets }: PageContext, { scenario, observations }: EntryData): Story => {
  if (observations === null)
    return { drawings: [], window: { startMs: scenario.startedMs ?? 0, endMs: scenario.endedMs ?? 0 } };
  const window = entryWindow(scenario, observations);
  return { drawings: drawingsOf(scenario, observations, { charts: storyCharts(charts), budgets, window }), window };
};

interface Story {
  drawings: Drawing[];
  window: Window;
}

const noStory = ({ state }: ScenarioResult): Html => {
  const why = state === 'pending' ? ': it had not begun when the run ended' : '';
  return html`<section id="story"><h2>The story</h2><p>No samples were found for this entry${why}.</p></section>`;
};

/** What the page says before and after its charts. */
const judgementOf = (
  run: RunResult,
  scenario: ScenarioResult,
  { startMs }: Window,
  loud: readonly Drawing[],
  words: BannerWords,
) => [
  diagnosisSection(scenario, startMs),
  criteriaSection(scenario.criteria, {
    startMs,
    charts: new Set(loud.map(({ chart }) => chart.id)),
    said: `${words.sentence}\n${words.nextStep ?? ''}`,
  }),
  waiversSection(run, [scenario]),
  sectionOf('symptoms', 'Symptoms', symptomsTable(scenario, startMs)),
];

const proofOf = (run: RunResult, { scenario, observations }: EntryData, { startMs }: Window) => [
  figuresSection(scenario, observations),
  faultsSection(scenario, observations, startMs),
  controlSection(run, scenario),
  checksSection(scenario),
  identitiesSection(scenario),
  errorsSection(scenario, observations, startMs),
  claimsSection(scenario.claims),
  healthSection(scenario, observations),
  settingsSection(run, scenario),
  provenanceSection(run, scenario),
];

export const entryPage = async (context: PageContext, entry: EntryData): Promise<string> => {
  const { run, alone } = context;
  const { scenario } = entry;
  const { drawings, window } = storyOf(context, entry);
  const loud = drawings.filter(isLoud);
  const words = wordsOf(scenario, context);
  return pageOf({
    title: `${scenario.title}: ${scenario.verdict} · pgsurge`,
    back: alone ? null : 'report.html',
    contents: contentsOf(drawings.length > 0),
    banner: bannerFor(scenario, context, words),
    footer: footerOf(run),
    body: [
      ...judgementOf(run, scenario, window, loud, words),
      drawings.length === 0 ? noStory(scenario) : await storySection(scenario, drawings, window),
      ...proofOf(run, entry, window),
      payloadOf(loud, run, [scenario]),
    ],
  });
};
