/** What only the page of an incident has: symptoms across variants, what was done to each, and claims of them all. */
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { badgeOf } from '../icons.ts';
import { formatDuration, formatNumber } from '../../measure/numbers-in-words.ts';
import type { ScenarioResult, StepResult, SymptomResult } from '../../result.ts';
import { symptomsTable } from './symptoms.ts';
import { numbers, sectionOf, tableFrom, words } from './table.ts';
import type { Cell } from './table.ts';

export interface Timed {
  scenario: ScenarioResult;
  startMs: number;
}

const presence = (observed: boolean | null): Html => {
  if (observed === null) return badgeOf('inconclusive', 'unknown');
  return observed ? badgeOf('notApplicable', 'there too') : badgeOf('pass', 'absent');
};

const presenceCell = (symptom: SymptomResult | undefined): Html | string => {
  if (symptom === undefined) return '–';
  const { observed, value } = symptom;
  return html`${presence(observed)}${value == null ? null : html` <span class="soft">${formatNumber(value)}</span>`}`;
};

/**
 * Those that are to pass are judged by criteria: a symptom may be there without harm, as when many wait and nobody
 * gives up.
 */
const amongThePassing = (scenarios: readonly ScenarioResult[]): Html | null => {
  const passing = scenarios.filter(({ expected, symptoms }) => expected === 'pass' && symptoms.length > 0);
  if (passing.length === 0) return null;
  const titles = new Map(passing.flatMap(({ symptoms }) => symptoms.map(({ id, title }) => [id, title] as const)));
  const table = tableFrom({
    caption: 'These are judged by their criteria: a symptom may be there without harm',
    columns: words('Symptom', ...passing.map(({ variant }) => variant)),
    rows: [...titles].map(([id, title]) => [
      title,
      ...passing.map(({ symptoms }) => presenceCell(symptoms.find((symptom) => symptom.id === id))),
    ]),
  });
  return html`<h3>The same symptoms in the variants that are to pass</h3>
${table}`;
};

const symptomsOf = ({ scenario, startMs }: Timed): Html | null => {
  const table = symptomsTable(scenario, startMs);
  return table && html`<h3>${scenario.variant}</h3>${table}`;
};

export const symptomsSection = (timed: readonly Timed[]): Html | null =>
  sectionOf(
    'symptoms',
    'Symptoms, with evidence',
    ...timed.filter(({ scenario }) => scenario.expected === 'symptoms').map(symptomsOf),
    amongThePassing(timed.map(({ scenario }) => scenario)),
  );

/** A step that is done several times says so: "restart (2 of 3)". */
const count = / \(\d+ of \d+\)$/;
const withoutCount = ({ title }: StepResult): string => title.replace(count, '');

const belongsTo = (steps: readonly StepResult[] | undefined, step: StepResult): boolean =>
  steps !== undefined && count.test(step.title) && withoutCount(steps[0]!) === withoutCount(step);

/** Times in a row of the same step count as one. */
const repeated = (steps: readonly StepResult[]): StepResult[][] => {
  const groups: StepResult[][] = [];
  for (const step of steps) {
    if (belongsTo(groups.at(-1), step)) groups.at(-1)!.push(step);
    else groups.push([step]);
  }
  return groups;
};

const stepRow = (steps: readonly StepResult[], startMs: number): Cell[] => {
  const [first, last] = [steps[0]!, steps.at(-1)!];
  const failed = steps.find(({ ok }) => !ok);
  const said = (failed ?? last).message;
  const badge = failed === undefined ? null : badgeOf('fail', 'failed');
  return [
    html`${withoutCount(first)}${steps.length > 1 ? ` × ${steps.length}` : ''}`,
    formatDuration(Math.max(0, first.atMs - startMs)),
    last.endMs == null ? '–' : formatDuration(last.endMs - first.atMs),
    html`${badge}${said ? html` <q class="quote">${said}</q>` : null}`,
  ];
};

const stepsOf = ({ scenario: { variant, steps }, startMs }: Timed): Html => {
  const table = tableFrom({
    caption: `Steps of ${variant}, in order`,
    columns: [...words('Step'), ...numbers('At', 'Took'), ...words('What it said')],
    rows: repeated(steps).map((group) => stepRow(group, startMs)),
  });
  return html`<h3>${variant}</h3>${table}`;
};

/** Null where nothing was done but to start the service. */
export const doneSection = (timed: readonly Timed[]): Html | null =>
  sectionOf(
    'done',
    'What was done, by the harness',
    ...timed.filter(({ scenario }) => scenario.steps.some((step) => step.do !== 'start')).map(stepsOf),
  );

type Claim = NonNullable<ScenarioResult['claims']>[number];

/** What one claim came to in each variant that measured it. */
const inOne = (same: readonly (Claim & { variant: string })[]): Claim => {
  const { text, seed } = same[0]!;
  const measured = same.filter((claim) => claim.measured !== 'not measured');
  if (measured.length === 0) return { text, seed, measured: 'not measured', note: null };
  return {
    text,
    seed,
    measured: measured.map((claim) => `${claim.variant}: ${claim.measured}`).join(' · '),
    note: measured.find(({ note }) => note)?.note ?? null,
  };
};

/** One row a claim, with what each variant measured; a claim that was not measured anywhere says so once. */
export const distinctClaims = (scenarios: readonly ScenarioResult[]): Claim[] => {
  const all = scenarios.flatMap(({ variant, claims }) => (claims ?? []).map((claim) => ({ ...claim, variant })));
  return [...Map.groupBy(all, ({ text }) => text).values()].map(inOne);
};
