/** One scenario with several variants: the page that shows the failure, and then the fix holding. */
import { payloadOf } from '../charts/payload.ts';
import { footerOf } from './entry-page.ts';
import { plural } from '../../measure/numbers-in-words.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { pageOf } from './page.ts';
import type { ReportOptions } from '../report.ts';
import { bannerOf } from '../sections/banner.ts';
import { provenanceSection, healthSection, settingsSection } from '../sections/conditions.ts';
import { keyRows, rowOf, storyRows, windowsOf } from '../sections/panels.ts';
import type { Row, Seen } from '../sections/panels.ts';
import { checksSection, claimsSection, errorsSection, faultsSection, identitiesSection } from '../sections/proof.ts';
import { figuresSection } from '../sections/phases.ts';
import { windowOf } from '../sections/story.ts';
import { doneSection, symptomsSection } from '../sections/incident.ts';
import { sectionOf } from '../sections/table.ts';
import {
  costSection,
  criteriaByVariant,
  differencesSection,
  taleSection,
  variantsSection,
} from '../sections/variants.ts';
import { gridFor } from '../../measure/tracks/grid.ts';
import { tracksOf } from '../../measure/tracks/tracks.ts';
import type { RunResult, ScenarioResult, Verdict } from '../../result.ts';

const verdictOf = (scenarios: readonly ScenarioResult[]): Verdict =>
  scenarios.some(({ asExpected }) => asExpected === false)
    ? 'fail'
    : scenarios.every(({ asExpected }) => asExpected === true)
      ? 'pass'
      : 'inconclusive';

const words: Record<Verdict, string> = {
  pass: 'As expected',
  fail: 'Not as expected',
  inconclusive: 'Inconclusive',
  warn: 'Warning',
  notApplicable: 'Not applicable',
};

/** Which half, and why: the first that is not as expected; else what each did. */
const sentenceOf = (scenarios: readonly ScenarioResult[]): string => {
  const odd =
    scenarios.find(({ asExpected }) => asExpected === false) ?? scenarios.find(({ asExpected }) => asExpected === null);
  if (odd !== undefined) return `${odd.variant}: ${odd.message ?? odd.reason}`;
  return scenarios
    .slice(0, 2)
    .map(({ variant, reason }) => `${variant}: ${reason}`)
    .join('. ');
};

const figures = async (rows: readonly Row[]): Promise<Html[]> => {
  const made: Html[] = [];
  for (const row of rows) made.push(await rowOf(row));
  return made;
};

/** The sections that a page of one entry has too, folded away, their headings a level deeper, their ids of their own, no longer landmarks. */
const detailsOf = (run: RunResult, { scenario, observations }: Seen, startMs: number): Html => {
  const parts = [
    figuresSection(scenario, observations),
    faultsSection(scenario, observations, startMs),
    checksSection(scenario),
    identitiesSection(scenario),
    errorsSection(scenario, observations, startMs),
    healthSection(scenario, observations),
    settingsSection(run, scenario),
  ];
  return html`<details class="variant-details"><summary>${scenario.variant}: figures, checkers, errors, health, settings</summary>${parts.map((part) => (part === null ? null : nested(part, scenario.variant)))}</details>`;
};

const nested = (part: Html, variant: string): Html => {
  const suffix = html`${variant.replace(/[^a-zA-Z0-9-]/g, '-')}`.html;
  return {
    html: part.html
      .replace(/<(\/?)h2/g, '<$1h3')
      .replace(/ aria-labelledby="[a-z-]+"/g, '')
      .replace(/ id="([a-z-]+)"/g, ` id="$1-of-${suffix}"`),
  };
};

const tracksFor = ({ scenario, observations }: Seen) => {
  if (observations === null) return new Map();
  const { startMs, endMs } = windowOf(scenario, observations);
  return tracksOf(observations, gridFor(startMs, endMs, 1200));
};

/** One row a claim, with what each variant measured; a claim that was not measured anywhere says so once. */
const distinctClaims = (scenarios: readonly ScenarioResult[]): NonNullable<ScenarioResult['claims']> => {
  const all = scenarios.flatMap(({ variant, claims }) => (claims ?? []).map((claim) => ({ ...claim, variant })));
  return [...Map.groupBy(all, ({ text }) => text).values()].map((same) => {
    const measured = same.filter(({ measured: found }) => found !== 'not measured');
    return {
      text: same[0]!.text,
      seed: same[0]!.seed,
      measured:
        measured.length === 0
          ? 'not measured'
          : measured.map((claim) => `${claim.variant}: ${claim.measured}`).join(' · '),
      note: measured.find(({ note }) => note)?.note ?? null,
    };
  });
};

export interface IncidentPageInput {
  run: RunResult;
  seen: readonly Seen[];
  alone: boolean;
  options: ReportOptions;
}

const bannerFor = (run: RunResult, scenarios: readonly ScenarioResult[], alone: boolean): Html => {
  const verdict = verdictOf(scenarios);
  const expected = scenarios.filter(({ asExpected }) => asExpected === true).length;
  return bannerOf({
    kicker: `${run.startedAt.slice(0, 10)} · profile ${run.profile.name} · ${run.stack.provider} stack${scenarios[0]!.repeat > 1 ? ` · repeat ${scenarios[0]!.repeat}` : ''}`,
    title: scenarios[0]!.title,
    verdict,
    word: words[verdict],
    sentence: alone ? run.sentence : sentenceOf(scenarios),
    nextStep: alone ? run.nextStep : null,
    grade: null,
    gradeRule: null,
    tally: `${expected} of ${plural(scenarios.length, 'variant')} as expected`,
  });
};

export const incidentPage = async ({ run, seen, alone, options }: IncidentPageInput): Promise<string> => {
  const scenarios = seen.map(({ scenario }) => scenario);
  const first = scenarios[0]!;
  const budgets = options.budgets ?? {};
  const key = keyRows(seen, budgets);
  const story = storyRows(seen, budgets);
  const claims = distinctClaims(scenarios);
  const windows = windowsOf(seen);
  // The instants in words are those of the charts' axes.
  const startOf = ({ entry, startedMs }: ScenarioResult): number => windows.get(entry)?.startMs ?? startedMs ?? 0;
  const timed = scenarios.map((scenario) => ({ scenario, startMs: startOf(scenario) }));
  return pageOf({
    title: `${first.title}: ${words[verdictOf(scenarios)].toLowerCase()} · pgsurge`,
    back: alone ? null : 'report.html',
    footer: footerOf(run),
    contents: [
      ['tale', 'Story'],
      ['picture', 'Picture'],
      ['differences', 'What differs'],
      ['symptoms', 'Symptoms'],
      ['charts', 'Charts'],
      ['provenance', 'Provenance'],
    ],
    banner: bannerFor(run, scenarios, alone),
    body: [
      taleSection(first),
      sectionOf('picture', 'The picture that explains it', ...(await figures(key))),
      variantsSection(scenarios),
      differencesSection(scenarios),
      doneSection(timed),
      symptomsSection(timed),
      criteriaByVariant(scenarios),
      costSection(scenarios, seen.map(tracksFor)),
      claims.length > 0 ? claimsSection({ ...first, claims }) : null,
      sectionOf(
        'charts',
        'All charts, on the same axes and scales',
        html`<p class="lead">Every panel begins half a second before its service started, where that is known. Hair lines: steps such as restarts; purple: a fault.</p>`,
        ...(await figures(story)),
      ),
      sectionOf('details', 'Each variant in detail', ...seen.map((one) => detailsOf(run, one, startOf(one.scenario)))),
      provenanceSection(run, first),
      payloadOf(
        [...key, ...story].flatMap(({ panels }) => panels.map(({ drawing }) => drawing)),
        run,
        scenarios,
      ),
    ],
  });
};
