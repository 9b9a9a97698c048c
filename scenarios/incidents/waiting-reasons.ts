import { defineScenario } from '../lib/define.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/** A site is asked once in 400 ms, and there are workers enough: tasks wait for their time, by design. */
const theSeedsService = { domainDelayMs: 400, jobWorkers: 10, dbQueueMaxConcurrency: 0, appPoolMax: 16 };
const broken = { waitingReasons: 'none' };
const fixed = { waitingReasons: 'recorded' };

/** Marked as waiting for its job to be admitted, though every job is: nobody will ever move it. */
const plantStuckTask = `
  UPDATE tasks SET waiting_reason = 'concurrency_limit', due_at = now()
  WHERE id = (SELECT max(id) FROM tasks WHERE status = 'waiting')`;
const mendStuckTask = `
  UPDATE tasks SET waiting_reason = 'domain_delay' WHERE status = 'waiting' AND waiting_reason = 'concurrency_limit'`;

/** Recomputed from the rows alone: not due yet, due and not taken, or given up for a while. */
const agreement = `
  SELECT coalesce(avg((reason IS NOT DISTINCT FROM CASE
    WHEN from_status = 'running' THEN 'crawl_failed'
    WHEN tasks.due_at > task_transitions.at THEN 'domain_delay'
    ELSE 'worker_capacity' END)::integer), 0)::float8
  FROM task_transitions JOIN tasks ON tasks.id = task_id
  WHERE to_status = 'waiting' OR (to_status = 'pending' AND from_status = 'waiting')`;
const waitingFor = (reason: string) =>
  ({ kind: 'series', series: 'tasks_waiting', labels: { reason }, statistic: 'sum' }) as const;
const shareOf = (reason: string, comparator: '>=' | '<=', value: number) =>
  ({
    kind: 'share',
    series: 'tasks_waiting',
    labels: { reason },
    of: { series: 'tasks_waiting' },
    comparator,
    value,
  }) as const;

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'waiting-reasons',
  group: 'incidents',
  title: 'Tasks that wait, and nobody knows why',
  purpose: 'Hundreds of tasks wait; whether that is by design or a fault cannot be told from outside.',
  seeds: ['001'],
  story: {
    happened:
      'Under load most tasks stood as waiting. It looked like a lack of workers, or a limit that was too low; nearly ' +
      'all waited as they should, and one among them waited for ever.',
    cause:
      'A task that waits says so and nothing else: a wait by design, a wait for a worker and a wait by mistake look ' +
      'alike.',
    symptom: 'Waiting tasks of which none has a reason, and a stuck one that nothing points at.',
    remedy:
      'Write the reason on the task when it begins to wait, count by reason, and name in the log what waits long ' +
      'past its time. Price: one more column, which is kept true with every move of a task. It names a stuck task ' +
      'and does not free it, and nothing runs faster by it.',
  },
  environment: { route: 'direct', replicas: 1, stack: { partner: { crawlMs: 200 } }, service: theSeedsService },
  load: {
    // Longer than a task takes to be called stuck, in each profile: ten minutes in full.
    phases: [{ name: 'jobs', kind: 'steady', fullSeconds: 1000, floorSeconds: 16, activeJobs: 6 }],
    interactivePerSecond: 5,
    pagesPerJob: [10, 14],
  },
  steps: [
    { phase: 'jobs', atSeconds: 2.5, do: 'sql', sql: plantStuckTask },
    { phase: 'jobs', atShare: 0.9, do: 'sql', sql: mendStuckTask },
  ],
  variants: [
    {
      name: 'broken',
      title: 'No reason is recorded',
      service: broken,
      expected: 'symptoms',
      diagnosis: { cause: 'unknown', notCauses: ['app-pool', 'slow-statements', 'lock-queue'] },
    },
    {
      name: 'fixed',
      title: 'A reason on each',
      service: fixed,
      expected: 'pass',
      diagnosis: { cause: 'none' },
      note: 'Observability only: nothing runs otherwise than before.',
    },
  ],
  symptoms: [
    {
      id: 'no-reason',
      title: 'Tasks wait, and no reason is written on them',
      tag: 'exact',
      observe: { ...waitingFor('none'), comparator: '>=', value: 100 },
    },
    {
      id: 'nothing-agrees',
      title: 'Of the reasons on the tasks none is the one that their rows give',
      tag: 'exact',
      observe: { kind: 'sql', query: agreement, comparator: '<=', value: 0.1 },
    },
  ],
  proofs: [
    {
      id: 'by-design',
      title: 'Eight of ten that wait do so by design, for their turn at a site',
      tag: 'shape',
      observe: shareOf('domain_delay', '>=', 0.8),
    },
    {
      id: 'no-reason',
      title: 'No task waits without a reason',
      tag: 'exact',
      observe: { ...waitingFor('none'), comparator: '=', value: 0 },
    },
    {
      id: 'agree',
      title: 'At least 99 of 100 reasons are those that the rows say',
      tag: 'exact',
      observe: { kind: 'sql', query: agreement, comparator: '>=', value: 0.99 },
    },
    {
      id: 'stuck-named',
      title: 'The planted stuck task is named, with its reason',
      tag: 'exact',
      observe: { kind: 'log', component: 'service', contains: 'is stuck: waiting, concurrency_limit' },
    },
    {
      id: 'stuck-counted',
      title: 'tasks_stuck shows it',
      tag: 'exact',
      observe: { kind: 'series', series: 'tasks_stuck', statistic: 'max', comparator: '>=', value: 1 },
    },
  ],
  claims: [
    {
      text: 'Confirm 80%+ waiting for domain delays (validates "by design")',
      seed: '001',
      variant: 'fixed',
      measure: shareOf('domain_delay', '>=', 0.8),
    },
    ...['worker_capacity', 'concurrency_limit'].map((reason) => ({
      text: `Identify if worker capacity or concurrency limits too conservative: share that waits for ${reason}`,
      seed: '001',
      variant: 'fixed',
      measure: shareOf(reason, '<=', 0.2),
    })),
    {
      text: 'Detect stuck tasks (p99 > 10 minutes; scaled by the profile, never below 6 s): lines that name one',
      seed: '001',
      measure: { kind: 'log', component: 'service', contains: 'is stuck: ', atLeast: 1 },
    },
  ],
  keyCharts: ['waiting-reasons'],
  criteria: [{ id: 'proofs' }],
});
