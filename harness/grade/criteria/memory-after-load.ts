import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { fewestSamples, meanOf, sumPerSecond, windowsOf, type Window } from '../../measure/tracks/windows.ts';
import { budgeted, budgetedComponents } from '../headroom.ts';

/** Growth from the warm process to after the rest, as a share of the budget (ours). */
const mostGrowth = 15;
/** Memory is read every 5 s by then: three samples of each. */
const samplesOfEach = 15;

interface After {
  component: string;
  share: number;
  growth: number;
  count: number;
}

const samplesMs = samplesOfEach * 1000;

/**
 * How long a process takes its memory for a load: our service went from 51 to 96 MiB within the first minute of five
 * times the load and stayed there for the 13 minutes that were watched. The warm-up of the nightly profile is 3 s: what
 * comes right after it is a process that is not warm, and all its memory would read as growth.
 */
const warmMs = 60_000;

/** The first seconds of the load once the processes are warm; a load of less than two minutes counts from its start. */
const warmStretch = ({ phases }: JudgeInput): Window[] => {
  const [load] = windowsOf(phases, ['steady', 'burst', 'recovery']);
  if (load === undefined) return [];
  const begin = windowsOf(phases, ['warmup']).at(0) ?? load;
  const isLong = load.endMs - begin.startMs >= 2 * warmMs;
  const startMs = isLong ? Math.max(load.startMs, begin.startMs + warmMs) : load.startMs;
  return [{ ...load, startMs, endMs: Math.min(load.endMs, startMs + samplesMs) }];
};

const lastOfRest = ({ phases }: JudgeInput): Window[] =>
  windowsOf(phases, ['rest'])
    .slice(-1)
    .map((rest) => ({ ...rest, startMs: Math.max(rest.startMs, rest.endMs - samplesMs) }));

/** What lies between the two is not compared. */
const comparedStretches = (input: JudgeInput): Window[] => [...warmStretch(input), ...lastOfRest(input)];

const afterRest = (input: JudgeInput, component: string, budget: number): After | null => {
  const series = seriesOf(input.observations, 'process.memory_bytes', { component });
  const rest = sumPerSecond(series, lastOfRest(input)).values;
  const start = sumPerSecond(series, warmStretch(input)).values;
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
  `${growth >= 0 ? '+' : ''}${growth.toFixed(0)} % since it was warm`;

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
  `mean of the last ${samplesOfEach} seconds of the rest against those after the first minute of load; PSS, ` +
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
  figureWords: 'of the budget',
  bounds: [
    { severity: 'fail', comparator: '<=', value: 75 },
    { severity: 'warn', comparator: '<=', value: 50 },
  ],
  demand: `growth since the first minute of load below ${mostGrowth} % of the budget; not judged in the smoke profile`,
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
    'Compare heap snapshots of the component after the first minute and after the rest; in the database, ' +
    'count sessions that were kept.',
  measure,
};
