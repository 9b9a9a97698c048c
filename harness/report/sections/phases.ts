/** What each phase was and what came of it; the warm-up stands apart, since nothing is judged by it. */
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { finePile } from '../../measure/histograms/fine-quantile.ts';
import { formatBytes, formatCount, formatDuration, formatNumber, formatShare } from '../../measure/numbers-in-words.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import type { Labels, Observations } from '../../measure/tracks/observations.ts';
import { highestIn, histogramsIn, phaseSetOf, totalIn } from '../../measure/tracks/phase-set.ts';
import type { PhaseSet } from '../../measure/tracks/phase-set.ts';
import { growthOf } from '../../measure/tracks/windows.ts';
import type { PhaseResult, ScenarioResult } from '../../result.ts';
import { durationParts } from './durations.ts';
import { numbers, sectionOf, tableOfAny, words } from './table.ts';
import type { Cell } from './table.ts';

const kindWords: Record<PhaseResult['kind'], string> = {
  warmup: 'warm-up, not judged',
  steady: 'steady',
  burst: 'burst',
  recovery: 'recovery',
  rest: 'rest',
};

const how = (text: string): Html => html`<span class="how">${text}</span>`;

/** A phase whose name is its kind needs to say no more. */
const nameOf = ({ name, kind }: PhaseResult): Html => {
  if (name === kind) return html`${name}`;
  return html`${name}${how(name === 'warm-up' ? 'not judged' : kindWords[kind])}`;
};

const lengthOf = ({ startMs, endMs, fullSeconds }: PhaseResult): Html => {
  const lengthMs = endMs - startMs;
  const fullMs = fullSeconds * 1000;
  const isFull = Math.abs(lengthMs - fullMs) < 1;
  return html`${formatDuration(lengthMs)}${isFull ? null : how(`full ${formatDuration(fullMs)}`)}`;
};

const jobsOf = ({ activeJobs }: PhaseResult): string | number =>
  Array.isArray(activeJobs) ? `${activeJobs[0]} to ${activeJobs[1]}` : activeJobs;

const withShare = (count: number, of: number): Cell =>
  count === 0 ? '0' : html`${formatCount(count)}${how(formatShare(count / of))}`;

const milliseconds = (value: number | null | undefined): string => (value == null ? '–' : `${formatNumber(value)} ms`);

/** Interactive ones where kinds are told apart, else all. */
const requestLabels = ({ series }: Observations): Labels => {
  const toldApart = series.some(({ name, labels }) => name === 'http_reqs' && labels['kind'] === 'interactive');
  return toldApart ? { kind: 'interactive' } : {};
};

/** Only where a script expects answers that are neither 2xx nor 3xx is there a column for them. */
const expectsOthers = (observations: Observations): boolean =>
  seriesOf(observations, 'http_reqs', { outcome: 'expected' }).length > 0;

const requestColumns = (observations: Observations): ReturnType<typeof numbers> =>
  numbers(
    'Requests',
    ...(expectsOthers(observations) ? ['Expected, not 2xx'] : []),
    'Failed',
    'Refused',
    'p50',
    'p95',
    'Jobs done',
  );

const requestsIn = (observations: Observations, phaseSet: PhaseSet): Cell[] => {
  const labels = requestLabels(observations);
  const count = (outcome: string): number => totalIn(observations, 'http_reqs', { ...labels, outcome }, phaseSet);
  const [expected, error, refused] = [count('expected'), count('error'), count('refused')];
  const all = totalIn(observations, 'http_reqs', labels, phaseSet);
  const succeeded = histogramsIn(observations, 'http_req_duration', { ...labels, outcome: 'ok' }, phaseSet);
  const { quantile } = finePile(succeeded);
  return [
    formatCount(all),
    ...(expectsOthers(observations) ? [withShare(expected, all)] : []),
    withShare(error, all),
    withShare(refused, all),
    milliseconds(quantile(0.5)),
    milliseconds(quantile(0.95)),
    formatCount(totalIn(observations, 'pgsurge_jobs_done', {}, phaseSet)),
  ];
};

/** A kept run has tracks only: nothing can be counted by phase. */
const hasSamples = (observations: Observations | null): observations is Observations =>
  observations !== null && observations.kept === undefined && observations.series.length > 0;

const phasesTable = ({ phases }: ScenarioResult, observations: Observations | null): Html | null => {
  const sampled = hasSamples(observations) ? observations : null;
  return tableOfAny({
    caption:
      'Phase by phase: interactive requests by the phase in which they were sent, percentiles of those that succeeded',
    columns: [
      ...words('Phase'),
      ...numbers('Length', 'Active jobs'),
      ...(sampled === null ? [] : requestColumns(sampled)),
    ],
    rows: phases.map((phase): Cell[] => [
      nameOf(phase),
      lengthOf(phase),
      jobsOf(phase),
      ...(sampled === null ? [] : requestsIn(sampled, phaseSetOf([phase]))),
    ]),
  });
};

interface Counter {
  title: string;
  series: string;
  show(value: number): string;
}

const whole = (value: number): string => formatCount(Math.round(value));

const counters: readonly Counter[] = [
  { title: 'Commits', series: 'postgres.commits', show: whole },
  { title: 'Rollbacks', series: 'postgres.rollbacks', show: whole },
  { title: 'Deadlocks', series: 'postgres.deadlocks', show: whole },
  { title: 'Temporary files', series: 'postgres.temp_bytes', show: formatBytes },
  { title: 'Pooler assignments', series: 'pooler.transactions', show: whole },
];

const waitTitles = ['Mean wait', 'Longest wait'];

/** The wait of an assignment, on the average, and the longest that any client had waited when it was looked at. */
const poolerWaits = (observations: Observations, phaseSet: PhaseSet): string[] => {
  const growth = (name: string): number => growthOf(seriesOf(observations, name), phaseSet.windows);
  const assigned = growth('pooler.transactions');
  const longest = highestIn(observations, 'pooler.maxwait', {}, phaseSet);
  return [
    assigned < 1 ? '–' : milliseconds((growth('pooler.wait_seconds') * 1000) / assigned),
    milliseconds(longest === null ? null : longest * 1000),
  ];
};

const growthIn = (observations: Observations, { series, show }: Counter, { windows }: PhaseSet): string =>
  show(growthOf(seriesOf(observations, series), windows));

const countersTable = ({ phases }: ScenarioResult, observations: Observations): Html | null => {
  const has = (series: string): boolean => seriesOf(observations, series).length > 0;
  const known = counters.filter(({ series }) => has(series));
  const pooled = has('pooler.transactions');
  if (known.length === 0) return null;
  const rowOf = (phase: PhaseResult): Cell[] => {
    const phaseSet = phaseSetOf([phase]);
    const waits = pooled ? poolerWaits(observations, phaseSet) : [];
    return [nameOf(phase), ...known.map((counter) => growthIn(observations, counter, phaseSet)), ...waits];
  };
  return tableOfAny({
    caption:
      'What database and pooler counted, phase by phase: a wait is a client’s that had a query and no server session',
    columns: [...words('Phase'), ...numbers(...known.map(({ title }) => title), ...(pooled ? waitTitles : []))],
    rows: phases.map(rowOf),
  });
};

export const figuresSection = (scenario: ScenarioResult, observations: Observations | null): Html | null =>
  sectionOf(
    'figures',
    'The figures',
    phasesTable(scenario, observations),
    ...(hasSamples(observations)
      ? [countersTable(scenario, observations), ...durationParts(scenario, observations)]
      : []),
  );
