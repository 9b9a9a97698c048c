import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { fewestSamples, meanOf, sumPerSecond, windowsOf, type Window } from '../../measure/tracks/windows.ts';
import { budgeted, budgetedComponents } from '../headroom.ts';

/** Growth from after the warm-up to after the rest, as a share of the budget (ours). */
const mostGrowth = 15;
const samplesOfEach = 10;

interface After {
  component: string;
  share: number;
  growth: number;
  count: number;
}

const samplesMs = samplesOfEach * 1000;

/** The first seconds after the warm-up and the last of the rest: what lies between is not compared. */
const comparedStretches = ({ phases }: JudgeInput): Window[] => {
  const [start] = windowsOf(phases, ['steady', 'burst', 'recovery']);
  const rest = windowsOf(phases, ['rest']).at(-1);
  return [
    ...(start === undefined ? [] : [{ ...start, endMs: Math.min(start.endMs, start.startMs + samplesMs) }]),
    ...(rest === undefined ? [] : [{ ...rest, startMs: Math.max(rest.startMs, rest.endMs - samplesMs) }]),
  ];
};

const afterRest = (input: JudgeInput, component: string, budget: number): After | null => {
  const series = seriesOf(input.observations, 'process.memory_bytes', { component });
  const rest = sumPerSecond(series, windowsOf(input.phases, ['rest']).slice(-1)).values.slice(-samplesOfEach);
  const start = sumPerSecond(series, windowsOf(input.phases, ['steady', 'burst', 'recovery']).slice(0, 1)).values.slice(
    0,
    samplesOfEach,
  );
  const [before, after] = [meanOf(start), meanOf(rest)];
  if (before === null || after === null || rest.length < fewestSamples || start.length < fewestSamples) return null;
  return {
    component,
    share: (100 * after) / budget,
    growth: (100 * (after - before)) / budget,
    count: rest.length + start.length,
  };
};

const words = ({ component, share, growth }: After): string =>
  `${component}: ${share.toFixed(0)} % of its budget after the rest, ` +
  `${growth >= 0 ? '+' : ''}${growth.toFixed(0)} % since the warm-up`;

type Worst = Extract<Measurement, { state: 'measured' }>['worst'];

/** Growth fails whatever the share is; what was not seen leaves the rest open. */
const worstOf = (grown: readonly string[], unseen: readonly string[]): { worst?: Worst } => {
  if (grown.length > 0)
    return { worst: { verdict: 'fail', reason: `grew by ${mostGrowth} % of the budget or more: ${grown.join(', ')}` } };
  if (unseen.length > 0) return { worst: { verdict: 'inconclusive', reason: `not seen: ${unseen.join(', ')}` } };
  return {};
};

/** Why memory after the load is not judged here; null where it is. */
const notApplicable = (input: JudgeInput): string | null => {
  if (input.profile.name === 'smoke') return 'below the nightly profile memory has no time to come back';
  if (!input.phases.some(({ kind }) => kind === 'rest')) return 'no rest follows this load';
  return budgeted(input).length === 0 ? 'no component has a budget here' : null;
};

const measuredBy =
  `mean of the last ${samplesOfEach} samples of the rest against those after the warm-up; PSS, ` +
  `shared_buffers once; growth must stay below ${mostGrowth} % of the budget`;

const measure = (input: JudgeInput): Measurement => {
  const reason = notApplicable(input);
  if (reason !== null) return { state: 'notApplicable', reason };
  const wanted = budgeted(input);
  const known = wanted
    .map(({ component, memoryBytes }) => afterRest(input, component, memoryBytes))
    .filter((after) => after !== null)
    .sort((a, b) => b.share - a.share);
  const [highest] = known;
  if (highest === undefined) return { state: 'inconclusive', count: 0, reason: 'memory after the rest was not seen' };
  const seen = known.map(({ component }) => component);
  const unseen = wanted.map(({ component }) => component).filter((component) => !seen.includes(component));
  const grown = known.filter(({ growth }) => growth >= mostGrowth).map(({ component }) => component);
  return {
    state: 'measured',
    value: highest.share,
    count: known.reduce((total, { count }) => total + count, 0),
    measuredBy,
    reason: known.map(words).join('; '),
    ...worstOf(grown, unseen),
  };
};

export const criterion: Criterion = {
  id: 'memory-after-load',
  title: 'Memory still in use after the rest',
  failureTitle: 'Memory does not come back after the load',
  source: '001 (growth: ours)',
  unit: '%',
  bounds: [
    { severity: 'fail', comparator: '<=', value: 75 },
    { severity: 'warn', comparator: '<=', value: 50 },
  ],
  demand: `growth since the warm-up below ${mostGrowth} % of the budget; not judged in the smoke profile`,
  causeRank: 32,
  needs: 'processes',
  suitsReferenceOnly: true,
  sees: [
    {
      source: 'processes',
      series: ['process.memory_bytes'],
      components: budgetedComponents,
      windows: comparedStretches,
    },
  ],
  chart: 'memory',
  nextStep:
    'Compare heap snapshots of the component after the warm-up and after the rest; in the database, ' +
    'count sessions that were kept.',
  measure,
};
