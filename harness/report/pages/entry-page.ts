/** The page of one entry: verdict, criteria, story, proof, conditions. */
import { chartIds, drawingsOf, loudOf, storySection, windowOf } from '../sections/story.ts';
import { bannerOf, tallyOf } from '../sections/banner.ts';
import { byImportance, criteriaSection } from '../sections/criteria.ts';
import {
  checksSection,
  claimsSection,
  errorsSection,
  faultsSection,
  identitiesSection,
  limitSection,
  symptomsTable,
} from '../sections/proof.ts';
import { figuresSection } from '../sections/phases.ts';
import { controlSection } from '../sections/control.ts';
import { healthSection, provenanceSection, settingsSection } from '../sections/conditions.ts';
import { sectionOf } from '../sections/table.ts';
import { payloadOf } from '../charts/payload.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { shownVerdict } from '../format.ts';
import { formatDuration, formatNumber, plural } from '../../measure/numbers-in-words.ts';
import { pageOf } from './page.ts';
import type { ReportOptions } from '../report.ts';
import type { Observations } from '../../measure/tracks/observations.ts';
import type { RunResult, ScenarioResult } from '../../result.ts';

/** The sentence that explains the worst of an entry: the failed criterion nearest to the root of the causes. */
export const sentenceOf = (scenario: ScenarioResult): string => {
  if (scenario.message) return scenario.message;
  const worst = byImportance(scenario.criteria).find(({ verdict }) =>
    ['fail', 'inconclusive', 'warn'].includes(verdict),
  );
  if (worst === undefined || scenario.expected === 'symptoms')
    return `${scenario.asExpected === false ? 'Not as expected: ' : ''}${scenario.reason}`;
  if (worst.verdict === 'inconclusive')
    return `Not known: ${worst.title}: ${worst.reason === '' ? scenario.reason : worst.reason}`;
  return worst.reason === '' ? `${worst.title}: not so. ${scenario.reason}` : worst.reason;
};

export const nextStepOf = (scenario: ScenarioResult): string | null =>
  byImportance(scenario.criteria).find(({ verdict, nextStep }) => verdict === 'fail' && nextStep)?.nextStep ?? null;

const kickerOf = (run: RunResult, scenario: ScenarioResult): string => {
  const length = (scenario.phases.at(-1)?.endMs ?? 0) - (scenario.phases[0]?.startMs ?? 0);
  const repeat =
    (scenario.release ? ` · release ${scenario.release}` : '') +
    (run.plan.repeats > 1 ? ` · repeat ${scenario.repeat} of ${run.plan.repeats}` : '');
  return (
    [
      run.startedAt.slice(0, 10),
      `profile ${run.profile.name}`,
      ...(length > 0 ? [formatDuration(length)] : []),
      `${run.stack.provider} stack`,
      `${formatNumber(scenario.load.interactivePerSecond)} interactive requests/s`,
    ].join(' · ') + repeat
  );
};

/** The sentence and, where there is one, the next step. */
const wordsFor = (run: RunResult, scenario: ScenarioResult, alone: boolean): string[] =>
  [alone ? run.sentence : sentenceOf(scenario), (alone ? run.nextStep : null) ?? nextStepOf(scenario)].filter(
    (text) => text !== null,
  );

/** Said where the verdict is read; what they are stands under "Can the figures be trusted?". */
const doubtsOf = ({ health }: ScenarioResult): string => {
  const doubts = health.filter(({ ok }) => !ok).length;
  return doubts === 0
    ? ''
    : ` · ${plural(doubts, 'doubt')} about the measuring itself: see “Can the figures be trusted?”`;
};

const bannerFor = (run: RunResult, scenario: ScenarioResult, alone: boolean, options: ReportOptions): Html =>
  bannerOf({
    kicker: kickerOf(run, scenario),
    title: [
      scenario.title,
      ...(['default', 'healthy'].includes(scenario.variant) ? [] : [scenario.variantTitle ?? scenario.variant]),
    ].join(' · '),
    ...shownVerdict(scenario),
    sentence: wordsFor(run, scenario, alone)[0]!,
    nextStep: wordsFor(run, scenario, alone)[1] ?? null,
    grade: scenario.expected === 'symptoms' ? null : scenario.grade,
    gradeRule: options.gradeRule ?? null,
    tally: `${tallyOf(scenario.criteria)}${doubtsOf(scenario)}`,
  });

export const footerOf = (run: RunResult): string =>
  `pgsurge · run ${run.id} · re-made from its saved samples at any time: pgsurge report ${run.id}`;

const contentsOf = (hasStory: boolean): [string, string][] => [
  ['criteria', 'Criteria'],
  ...(hasStory ? [['story', 'Story'] as [string, string]] : []),
  ['figures', 'Figures'],
  ['provenance', 'Provenance'],
];

export interface EntryPageInput {
  run: RunResult;
  scenario: ScenarioResult;
  observations: Observations | null;
  alone: boolean;
  options: ReportOptions;
}

export const entryPage = async ({ run, scenario, observations, alone, options }: EntryPageInput): Promise<string> => {
  const drawings = observations === null ? [] : drawingsOf(scenario, observations, { budgets: options.budgets ?? {} });
  const window =
    observations === null
      ? { startMs: scenario.startedMs ?? 0, endMs: scenario.endedMs ?? 0 }
      : windowOf(scenario, observations);
  const loud = loudOf(drawings);
  const words = wordsFor(run, scenario, alone);
  return pageOf({
    title: `${scenario.title}: ${scenario.verdict} · pgsurge`,
    back: alone ? null : 'report.html',
    contents: contentsOf(drawings.length > 0),
    banner: bannerFor(run, scenario, alone, options),
    footer: footerOf(run),
    body: [
      limitSection(scenario, window.startMs),
      criteriaSection(scenario.criteria, { startMs: window.startMs, charts: chartIds(loud), said: words.join('\n') }),
      sectionOf('symptoms', 'Symptoms', symptomsTable(scenario, window.startMs)),
      drawings.length === 0
        ? html`<section id="story"><h2>The story</h2><p>No samples were found for this entry${scenario.state === 'pending' ? ': it had not begun when the run ended' : ''}.</p></section>`
        : await storySection(scenario, drawings, window),
      figuresSection(scenario, observations),
      faultsSection(scenario, observations, window.startMs),
      controlSection(run, scenario),
      checksSection(scenario),
      identitiesSection(scenario),
      errorsSection(scenario, observations, window.startMs),
      claimsSection(scenario),
      healthSection(scenario, observations),
      settingsSection(run, scenario),
      provenanceSection(run, scenario),
      payloadOf(loud, run, [scenario]),
    ],
  });
};
