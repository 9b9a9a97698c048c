/** What each phase was and what came of it; the warm-up stands apart, since nothing is judged by it. */
import { formatBytes, formatCount, formatDuration, formatNumber, formatShare } from '../../measure/numbers-in-words.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { finePile } from '../../measure/histograms/fine-quantile.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import type { Labels, Observations } from '../../measure/tracks/observations.ts';
import { highestIn, histogramsIn, phaseSetOf, totalIn } from '../../measure/tracks/phase-set.ts';
import type { PhaseSet } from '../../measure/tracks/phase-set.ts';
import { growthOf } from '../../measure/tracks/windows.ts';
import type { PhaseResult, ScenarioResult } from '../../result.ts';
import { latencyParts } from './latencies.ts';
import { sectionOf, tableFrom } from './table.ts';
import type { Cell } from './table.ts';

const kindWords: Record<PhaseResult['kind'], string> = {
  warmup: 'warm-up, not judged',
  steady: 'steady',
  burst: 'burst',
  recovery: 'recovery',
  rest: 'rest',
};

const nameOf = ({ name, kind }: PhaseResult): Html =>
  html`${name}${name === kind ? null : html`<span class="how">${name === 'warm-up' ? 'not judged' : kindWords[kind]}</span>`}`;

const lengthOf = ({ startMs, endMs, fullSeconds }: PhaseResult): Html =>
  html`${formatDuration(endMs - startMs)}${Math.abs(endMs - startMs - fullSeconds * 1000) < 1 ? null : html`<span class="how">full ${formatDuration(fullSeconds * 1000)}</span>`}`;

const withShare = (count: number, of: number): Cell =>
  count === 0 ? '0' : html`${formatCount(count)}<span class="how">${formatShare(count / of)}</span>`;
const milliseconds = (value: number | null | undefined): string => (value == null ? '–' : `${formatNumber(value)} ms`);

/** Interactive ones where kinds are told apart, else all. */
const requestsIn = (observations: Observations, phaseSet: PhaseSet): Cell[] => {
  const labels: Labels = observations.series.some(
    (one) => one.name === 'http_reqs' && one.labels['kind'] === 'interactive',
  )
    ? { kind: 'interactive' }
    : {};
  const count = (outcome: string): number => totalIn(observations, 'http_reqs', { ...labels, outcome }, phaseSet);
  const [ok, error, refused] = [count('ok'), count('error'), count('refused')];
  const { quantile } = finePile(
    histogramsIn(observations, 'http_req_duration', { ...labels, outcome: 'ok' }, phaseSet),
  );
  return [
    formatCount(ok + error + refused),
    withShare(error, ok + error + refused),
    withShare(refused, ok + error + refused),
    milliseconds(quantile(0.5)),
    milliseconds(quantile(0.95)),
    formatCount(totalIn(observations, 'pgsurge_jobs_done', {}, phaseSet)),
  ];
};

const known = (observations: Observations | null): observations is Observations =>
  observations !== null && observations.kept === undefined && observations.series.length > 0;

const phasesTable = ({ phases }: ScenarioResult, observations: Observations | null): Html | null =>
  phases.length === 0
    ? null
    : tableFrom({
        caption:
          'Phase by phase: interactive requests by the phase in which they were sent, percentiles of those that succeeded',
        columns: [
          { title: 'Phase' },
          ...[
            'Length',
            'Active jobs',
            ...(known(observations) ? ['Requests', 'Failed', 'Refused', 'p50', 'p95', 'Jobs done'] : []),
          ].map((title) => ({ title, number: true })),
        ],
        rows: phases.map((phase): Cell[] => [
          nameOf(phase),
          lengthOf(phase),
          Array.isArray(phase.activeJobs) ? `${phase.activeJobs[0]} to ${phase.activeJobs[1]}` : phase.activeJobs,
          ...(known(observations) ? requestsIn(observations, phaseSetOf([phase])) : []),
        ]),
      });

interface Counter {
  title: string;
  series: string;
  show(value: number): string;
}

const counters: readonly Counter[] = [
  { title: 'Commits', series: 'postgres.commits', show: (value) => formatCount(Math.round(value)) },
  { title: 'Rollbacks', series: 'postgres.rollbacks', show: (value) => formatCount(Math.round(value)) },
  { title: 'Deadlocks', series: 'postgres.deadlocks', show: (value) => formatCount(Math.round(value)) },
  { title: 'Temporary files', series: 'postgres.temp_bytes', show: formatBytes },
  { title: 'Pooler assignments', series: 'pooler.transactions', show: (value) => formatCount(Math.round(value)) },
];

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

const countersTable = ({ phases }: ScenarioResult, observations: Observations | null): Html | null => {
  if (!known(observations) || phases.length === 0) return null;
  const seen = counters.filter(({ series }) => seriesOf(observations, series).length > 0);
  const pooled = seriesOf(observations, 'pooler.transactions').length > 0;
  return seen.length === 0
    ? null
    : tableFrom({
        caption:
          'What database and pooler counted, phase by phase: a wait is a client’s that had a query and no server session',
        columns: [
          { title: 'Phase' },
          ...[...seen.map(({ title }) => title), ...(pooled ? ['Mean wait', 'Longest wait'] : [])].map((title) => ({
            title,
            number: true,
          })),
        ],
        rows: phases.map((phase): Cell[] => {
          const phaseSet = phaseSetOf([phase]);
          return [
            nameOf(phase),
            ...seen.map(({ series, show }) => show(growthOf(seriesOf(observations, series), phaseSet.windows))),
            ...(pooled ? poolerWaits(observations, phaseSet) : []),
          ];
        }),
      });
};

export const figuresSection = (scenario: ScenarioResult, observations: Observations | null): Html | null =>
  sectionOf(
    'figures',
    'The figures',
    phasesTable(scenario, observations),
    countersTable(scenario, observations),
    ...(known(observations) ? latencyParts(scenario, observations) : []),
  );
