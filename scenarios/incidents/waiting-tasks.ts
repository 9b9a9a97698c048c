import { defineScenario } from '../lib/define.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/** A domain is asked twice a second, so the twelve pages of a job wait for half a second to six. */
const theSeedsService = { domainDelayMs: 500, jobWorkers: 20, dbQueueMaxConcurrency: 0, appPoolMax: 20, drainMs: 0 };
/** Every five seconds, which is no less than any poll may be scaled to. */
const broken = { waitingMode: 'polling', waitingPollMs: 5000 };
/** The seed polls each minute for stragglers; scaled by six. */
const stragglers = { waitingPollMs: 10_000 };
const fixed = { waitingMode: 'timers', ...stragglers };

/** From due to pending, by the database's own clock. */
const latenessAt = (quantile: string): string => `
  SELECT ${quantile} FROM (
    SELECT extract(epoch FROM task_transitions.at - tasks.due_at)::float8 AS seconds
    FROM task_transitions JOIN tasks ON tasks.id = task_id WHERE from_status = 'waiting' AND to_status = 'pending'
  ) AS moves`;
const latenessP95 = latenessAt('percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds)');
const latenessMost = latenessAt('max(seconds)');
const byTimer = {
  kind: 'share',
  series: 'task_promotions',
  labels: { by: 'timer' },
  of: { series: 'task_promotions' },
} as const;

const restarted = 'the only replica is restarted on purpose: what is asked meanwhile is answered with 503';

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'waiting-tasks',
  group: 'incidents',
  title: 'Waiting tasks that are due and wait on',
  purpose: 'Tasks that waited for their turn become pending only when a poll looks at them.',
  seeds: ['001'],
  story: {
    happened:
      'Tasks that were to wait for half a second waited for three. Nothing was busy: the workers slept while tasks ' +
      'that were due stood in the table.',
    cause:
      'A scan every five seconds was all that moved a waiting task to pending: on the average a task waited for half ' +
      'of that after it was due, and at worst for all of it.',
    symptom: 'From due to pending takes up to the interval of the poll, whatever the load.',
    remedy:
      'A timer for each short wait, and a slow poll for stragglers. Timers end with their job. Set them anew after a ' +
      'restart; otherwise what waited then is left to the poll. Price: less than half a kilobyte of memory for each ' +
      'task that waits, and a read of all that wait at each start.',
  },
  environment: { route: 'direct', replicas: 1, stack: { partner: { crawlMs: 100 } }, service: theSeedsService },
  load: {
    phases: [{ name: 'jobs', kind: 'steady', fullSeconds: 300, floorSeconds: 14, activeJobs: 6 }],
    interactivePerSecond: 5,
    pagesPerJob: [12, 12],
  },
  steps: [{ phase: 'jobs', atSeconds: 3, do: 'restart', variants: ['restarted', 'timers-lost'] }],
  variants: [
    {
      name: 'broken',
      title: 'A poll each 5 s',
      service: broken,
      expected: 'symptoms',
      diagnosis: { cause: 'unknown', notCauses: ['app-pool', 'slow-statements', 'lock-queue', 'database-cpu'] },
      note: 'Nothing that a pool or a server counts is out of order: only the time from due to start shows it.',
    },
    {
      name: 'fixed',
      title: 'Timers, and a slow poll',
      service: fixed,
      expected: 'pass',
      diagnosis: { cause: 'none' },
      note: 'Less than half a kilobyte of memory for each task that waits, measured in service/queue/timers.test.ts.',
    },
    {
      name: 'restarted',
      title: 'Timers, and a restart in the midst',
      service: fixed,
      expected: 'pass',
      diagnosis: { cause: 'part-restarted', notCauses: ['retry-storm'] },
      proofs: [
        {
          id: 'most-late',
          title: 'Nothing waits for longer past its time than the restart took',
          tag: 'shape',
          observe: { kind: 'sql', query: latenessMost, comparator: '<=', value: 4 },
        },
      ],
      criteria: [{ id: 'goodput', notApplicable: restarted }],
      note: 'The timers die with the process; the next one reads who waits and sets them anew.',
    },
    {
      name: 'timers-lost',
      title: 'Timers that are not set anew',
      service: { ...fixed, waitingTimersRestored: false },
      expected: 'symptoms',
      diagnosis: { cause: 'part-restarted', notCauses: ['app-pool', 'slow-statements'] },
      symptoms: [
        {
          id: 'left-to-the-poll',
          title: 'What waited at the restart waits for the slow poll: over five seconds late',
          tag: 'shape',
          observe: { kind: 'sql', query: latenessMost, comparator: '>=', value: 5 },
        },
      ],
      criteria: [{ id: 'goodput', notApplicable: restarted }],
      note: 'The seed names this risk: timers lost on restart. The poll for stragglers is what is left.',
    },
  ],
  symptoms: [
    {
      id: 'late',
      title: 'p95 from due to pending, in seconds, is near the five of the poll',
      tag: 'shape',
      observe: { kind: 'sql', query: latenessP95, comparator: '>=', value: 2.5 },
    },
  ],
  proofs: [
    {
      id: 'in-time',
      title: 'p95 from due to pending is within a quarter of a second',
      tag: 'shape',
      observe: { kind: 'sql', query: latenessP95, comparator: '<=', value: 0.25 },
    },
    {
      id: 'by-timer',
      title: 'At least nine of ten moves are made by a timer',
      tag: 'shape',
      observe: { ...byTimer, comparator: '>=', value: 0.9 },
    },
  ],
  claims: [
    {
      text: 'State transitions 10x faster (event-driven)',
      seed: '001',
      variant: 'fixed',
      relativeTo: 'broken',
      measure: { kind: 'sql', query: latenessP95, comparator: '<=', value: 0.1 },
    },
    {
      text: 'Faster transitions for 90%+ of tasks (short delays)',
      seed: '001',
      variant: 'fixed',
      measure: { ...byTimer, comparator: '>=', value: 0.9 },
    },
    {
      text: 'Reduced DB polling overhead',
      seed: '001',
      variant: 'fixed',
      relativeTo: 'broken',
      measure: { kind: 'series', series: 'waiting_polls', statistic: 'sum', comparator: '<', value: 1 },
    },
    {
      text: 'Memory overhead (timers for short-delay tasks): most timers at once',
      seed: '001',
      variant: 'fixed',
      measure: { kind: 'series', series: 'waiting_timers', statistic: 'max', comparator: '>=', value: 1 },
    },
    {
      text: 'Timer cleanup complexity (on job cancel, task fail): timers left at the end',
      seed: '001',
      variant: 'fixed',
      measure: { kind: 'series', series: 'waiting_timers', statistic: 'last', comparator: '=', value: 0 },
    },
  ],
  keyCharts: ['due-to-start'],
  criteria: [{ id: 'proofs' }, { id: 'corrupt-data' }],
});
