import type { Spectrum } from '../charts/spectrum.ts';
import type { Labels } from '../../measure/tracks/observations.ts';

/** One of the things whose durations the page tells. */
export interface DurationKind {
  title: string;
  how: string;
  histogram: string;
  labels: Labels;
  /** What a value of the histogram is multiplied by to be in ms. */
  factor: number;
  /** How the percentile spectrum draws it; absent: not at all. */
  drawn?: Pick<Spectrum, 'title' | 'colour' | 'dash'>;
}

const ofRequests = (outcome: string): Pick<DurationKind, 'how' | 'histogram' | 'labels' | 'factor'> => ({
  how: 'interactive, by k6',
  histogram: 'http_req_duration',
  labels: { kind: 'interactive', outcome },
  factor: 1,
});

export const durationKinds: readonly DurationKind[] = [
  {
    title: 'Requests that succeeded',
    ...ofRequests('ok'),
    drawn: { title: 'requests that succeeded', colour: 'blue', dash: null },
  },
  {
    title: 'The same, with opening the connection',
    how: 'what a person feels',
    histogram: 'pgsurge_request_duration',
    labels: { outcome: 'ok' },
    factor: 1,
  },
  {
    title: 'Requests that failed',
    ...ofRequests('error'),
    drawn: { title: 'requests that failed', colour: 'red', dash: '5 3' },
  },
  { title: 'Requests answered as the script expects, neither 2xx nor 3xx', ...ofRequests('expected') },
  { title: 'Requests that were refused (429)', ...ofRequests('refused') },
  {
    title: 'Jobs, from sent to done',
    how: 'as the client followed them',
    histogram: 'pgsurge_job_duration',
    labels: {},
    factor: 1,
  },
  {
    title: 'Tasks, from due to started',
    how: 'queue time',
    histogram: 'pgsurge.task.due_to_start',
    labels: {},
    factor: 1000,
    drawn: { title: 'tasks, from due to started', colour: 'gold', dash: '2 2' },
  },
  {
    title: 'Acquiring a connection of the app pool',
    how: 'queue time',
    histogram: 'db.client.connection.wait_time',
    labels: {},
    factor: 1000,
  },
  {
    title: 'Holding it',
    how: 'from acquired to given back',
    histogram: 'db.client.connection.use_time',
    labels: {},
    factor: 1000,
  },
  {
    title: 'Transactions, BEGIN to COMMIT',
    how: 'service time',
    histogram: 'pgsurge.transaction.duration',
    labels: { outcome: 'ok' },
    factor: 1000,
    drawn: { title: 'transactions', colour: 'teal', dash: null },
  },
  {
    title: 'Queries',
    how: 'seen by the service, the pooler’s wait within',
    histogram: 'db.client.operation.duration',
    labels: {},
    factor: 1000,
  },
];
