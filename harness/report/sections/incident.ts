/** What only the page of an incident has: symptoms across variants, and what was done to each. */
import { formatDuration, formatNumber } from '../../measure/numbers-in-words.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { badgeOf } from '../icons.ts';
import type { ScenarioResult, StepResult, SymptomResult } from '../../result.ts';
import { symptomsTable } from './symptoms.ts';
import { sectionOf, tableFrom } from './table.ts';
import type { Cell } from './table.ts';

export interface Timed {
  scenario: ScenarioResult;
  startMs: number;
}

const absenceBadge = (observed: boolean | null): Html => {
  if (observed === null) return badgeOf('inconclusive', 'unknown');
  return observed ? badgeOf('notApplicable', 'there too') : badgeOf('pass', 'absent');
};

const absence = ({ observed, value }: SymptomResult): Html => {
  const measured = value == null ? null : html` <span class="soft">${formatNumber(value)}</span>`;
  return html`${absenceBadge(observed)}${measured}`;
};

/** Those that are to pass are judged by criteria: a symptom may be there without harm, as when many wait and nobody gives up. */
const amongThePassing = (scenarios: readonly ScenarioResult[]): Html | null => {
  const passing = scenarios.filter(({ expected, symptoms }) => expected === 'pass' && symptoms.length > 0);
  const titles = new Map(passing.flatMap(({ symptoms }) => symptoms.map(({ id, title }) => [id, title] as const)));
  return passing.length === 0
    ? null
    : html`<h3>The same symptoms in the variants that are to pass</h3>${tableFrom({
        caption: 'These are judged by their criteria: a symptom may be there without harm',
        columns: [{ title: 'Symptom' }, ...passing.map(({ variant }) => ({ title: variant }))],
        rows: [...titles].map(([id, title]) => [
          title,
          ...passing.map(({ symptoms }) => {
            const symptom = symptoms.find((one) => one.id === id);
            return symptom === undefined ? '–' : absence(symptom);
          }),
        ]),
      })}`;
};

export const symptomsSection = (timed: readonly Timed[]): Html | null =>
  sectionOf(
    'symptoms',
    'Symptoms, with evidence',
    ...timed
      .filter(({ scenario }) => scenario.expected === 'symptoms')
      .map(({ scenario, startMs }) => {
        const table = symptomsTable(scenario, startMs);
        return table === null ? null : html`<h3>${scenario.variant}</h3>${table}`;
      }),
    amongThePassing(timed.map(({ scenario }) => scenario)),
  );

const withoutCount = (title: string): string => title.replace(/ \(\d+ of \d+\)$/, '');

/** Times in a row of the same step count as one line. */
const inRuns = (steps: readonly StepResult[]): StepResult[][] => {
  const runs: StepResult[][] = [];
  for (const step of steps) {
    const last = runs.at(-1);
    if (
      last !== undefined &&
      withoutCount(last[0]!.title) === withoutCount(step.title) &&
      / \(\d+ of \d+\)$/.test(step.title)
    )
      last.push(step);
    else runs.push([step]);
  }
  return runs;
};

const rowOf = (run: readonly StepResult[], startMs: number): Cell[] => {
  const [first, last] = [run[0]!, run.at(-1)!];
  const failed = run.find(({ ok }) => !ok);
  const said = (failed ?? last).message;
  return [
    html`${withoutCount(first.title)}${run.length > 1 ? ` × ${run.length}` : ''}`,
    formatDuration(Math.max(0, first.atMs - startMs)),
    last.endMs == null ? '–' : formatDuration(last.endMs - first.atMs),
    html`${failed === undefined ? null : badgeOf('fail', 'failed')}${said ? html` <q class="quote">${said}</q>` : null}`,
  ];
};

const columns = [
  { title: 'Step' },
  { title: 'At', number: true },
  { title: 'Took', number: true },
  { title: 'What it said' },
];

/** Null where nothing was done but to start the service. */
export const doneSection = (timed: readonly Timed[]): Html | null =>
  sectionOf(
    'done',
    'What was done, by the harness',
    ...timed
      .filter(({ scenario }) => scenario.steps.some((step) => step.do !== 'start'))
      .map(
        ({ scenario, startMs }) =>
          html`<h3>${scenario.variant}</h3>${tableFrom({ caption: `Steps of ${scenario.variant}, in order`, columns, rows: inRuns(scenario.steps).map((run) => rowOf(run, startMs)) })}`,
      ),
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
