import type { Observation } from '../lib/observation.ts';
import { costAt, exponentOf, measureCosts } from '../lib/costs.ts';
import { defineScenario } from '../lib/define.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/** A few large jobs whose pages are quick to crawl: the tasks change status as fast as the database lets them. */
const theSeedsService = { domainDelayMs: 0, jobWorkers: 12, dbQueueMaxConcurrency: 0, appPoolMax: 16 };
type Answer = Extract<Observation, { kind: 'sql' }>;

const broken = { counterMode: 'recount' };
const fixed = { counterMode: 'incremental' };

const sizes = [10, 100, 1000, 3000, 10_000];
/** Below, a good part of what is measured is what any change costs, which hides what the counting adds. */
const grown = 1000;

const plantJob = (key: string, tasks: string): string => `
    INSERT INTO jobs (key, tenant_id, title, pages, status, total_tasks, waiting_tasks)
    VALUES (${key}, 'probe', 'probe', 10000, 'running', ${tasks}, ${tasks}) RETURNING id INTO job;
    INSERT INTO tasks (job_id, url, status, due_at)
    SELECT job, 'https://probe.example/page-' || n, 'waiting', now() + interval '1 day'
    FROM generate_series(1, ${tasks}) AS n;`;

/**
 * What Postgres says that the counting trigger took, for one change of status of a task in a job of `size` tasks. A
 * thousand jobs of others stand beside it: where a job is most of its table, any plan scans the whole of it.
 */
const triggerTime = measureCosts({
  sizes,
  declared: 'job uuid; first_task bigint; plan json;',
  first: `FOR number IN 1..1000 LOOP ${plantJob("'probe-other-' || number", '60')} END LOOP;`,
  plant: `
    ${plantJob("'probe-' || size", 'size')}
    SELECT min(id) INTO first_task FROM tasks WHERE job_id = job;`,
  operation: `
    EXECUTE format(
      'EXPLAIN (ANALYZE, FORMAT JSON) UPDATE tasks SET status = %L WHERE id = %s', 'pending', first_task + turn % 10
    ) INTO plan;
    SELECT (one ->> 'Time')::float8 INTO cost FROM json_array_elements(plan -> 0 -> 'Triggers') AS one
    WHERE one ->> 'Trigger Name' = 'tasks_counted_update';`,
});

/** Both ends of an exponent's interval (95 %). */
const exponents = (variant: string, where: string, from: number, bound: Pick<Answer, 'comparator' | 'value'>) =>
  (['low', 'high'] as const).map((side) => ({
    text: `O(1) instead of O(n): exponent of ${variant} ${where}, ${side} end of its interval`,
    seed: '001',
    variant,
    measure: { kind: 'sql' as const, query: exponentOf(side, from), ...bound },
  }));

/** A user's next job begins a moment after the one before has ended: the first that is seen running drifts. */
const plantDrift = `
  DO $plant$ BEGIN
    FOR look IN 1..500 LOOP
      UPDATE jobs SET waiting_tasks = waiting_tasks + 3 WHERE status = 'running';
      EXIT WHEN FOUND;
      PERFORM pg_sleep(0.02);
    END LOOP;
  END $plant$`;

/** Jobs whose counters are not what a recount of their tasks finds. */
const driftedJobs = `
  WITH recount AS (
    SELECT job_id, count(*) AS total, count(*) FILTER (WHERE status = 'waiting') AS waiting,
      count(*) FILTER (WHERE status = 'pending') AS pending, count(*) FILTER (WHERE status = 'running') AS running,
      count(*) FILTER (WHERE status = 'completed') AS completed, count(*) FILTER (WHERE status = 'failed') AS failed
    FROM tasks GROUP BY job_id
  )
  SELECT count(*) FROM jobs JOIN recount ON recount.job_id = jobs.id
  WHERE (total_tasks, waiting_tasks, pending_tasks, running_tasks, completed_tasks, failed_tasks)
    IS DISTINCT FROM (total, waiting, pending, running, completed, failed)`;

const killed =
  'the database is killed on purpose; what its requests lost is judged by the chaos scenario database-crash';

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'counter-triggers',
  group: 'incidents',
  title: 'Triggers that count everything again',
  purpose: 'Every change of one task counts all tasks of its job, so a job costs the square of its size.',
  seeds: ['001'],
  story: {
    happened:
      'The larger a job was, the slower each of its tasks became. No query of the service had changed; the database ' +
      'spent its time in statements that change one row by its key, such as the claim of a task.',
    cause:
      'A trigger kept the counters of a job by counting its tasks again after each change: O(n) for each of n ' +
      'changes, under the lock of the job’s row.',
    symptom: 'The trigger’s time grows with the number of tasks of the job: ten times the tasks, ten times the time.',
    remedy:
      'Move the counters by one. What drifts all the same is found by a recount from time to time, which mends it ' +
      'and says how much. Price: whatever changes the tables past the trigger makes the counters wrong until that ' +
      'recount, which locks a job while it counts.',
  },
  environment: {
    route: 'direct',
    replicas: 1,
    stack: { partner: { crawlMs: 20 } },
    service: theSeedsService,
  },
  load: {
    phases: [
      { name: 'jobs', kind: 'steady', fullSeconds: 120, floorSeconds: 8, activeJobs: 2 },
      { name: 'measured', kind: 'rest', fullSeconds: 20, floorSeconds: 5, activeJobs: 0 },
    ],
    interactivePerSecond: 5,
    pagesPerJob: [300, 300],
  },
  steps: [
    { phase: 'measured', atSeconds: 0.5, do: 'sql', sql: triggerTime },
    { phase: 'jobs', atShare: 0.4, do: 'sql', sql: plantDrift, variants: ['reconciled'] },
    { phase: 'jobs', atSeconds: 3, do: 'inject', fault: 'database-crash', holdSeconds: 1, variants: ['crashed'] },
  ],
  variants: [
    {
      name: 'broken',
      title: 'COUNT(*) after each change',
      service: broken,
      expected: 'symptoms',
      diagnosis: { cause: 'slow-statements', notCauses: ['app-pool', 'pooler-pool'] },
    },
    {
      name: 'fixed',
      title: 'Plus one, minus one',
      service: fixed,
      expected: 'pass',
      diagnosis: { cause: 'none' },
      note: 'O(1) for each change. Whatever changes the tables beside the trigger makes the counters drift for good.',
    },
    {
      name: 'reconciled',
      title: 'Plus one, and a recount from time to time',
      service: { ...fixed, counterReconcileSeconds: 1 },
      expected: 'pass',
      diagnosis: { cause: 'none' },
      proofs: [
        {
          id: 'mended',
          title: 'The planted drift is found and mended, and the log says how much',
          tag: 'exact',
          observe: { kind: 'log', component: 'service', contains: 'had drifted and are mended: waiting' },
        },
      ],
      note: 'Drift is planted under load. Without the recount such a job waits for tasks that it does not have.',
    },
    {
      name: 'crashed',
      title: 'Plus one, and the database is killed in the midst',
      // Short, so that what was claimed when it died is claimed anew within the run.
      service: { ...fixed, taskLeaseSeconds: 3, queryTimeoutMillis: 5000, connectionTimeoutMillis: 3000 },
      expected: 'pass',
      diagnosis: { cause: 'part-restarted', notCauses: ['app-pool', 'slow-statements'] },
      criteria: [{ id: 'goodput', notApplicable: killed }],
      proofs: [
        {
          id: 'equal',
          title: 'The counters of every job equal a recount of its tasks',
          tag: 'exact',
          observe: { kind: 'sql', query: driftedJobs, comparator: '=', value: 0 },
        },
      ],
      note: 'A change and its count are one transaction: what fails midway is undone whole, and nothing drifts by it.',
    },
  ],
  symptoms: [
    {
      id: 'grows',
      title: 'Trigger time grows with the tasks of the job: exponent at least 0.8 from 1,000 tasks on',
      tag: 'shape',
      observe: { kind: 'sql', query: exponentOf('estimate', grown), comparator: '>=', value: 0.8 },
    },
    {
      id: 'large-job',
      title: 'In a job of 10,000 tasks the trigger takes more than 1 ms',
      tag: 'shape',
      observe: { kind: 'sql', query: costAt(10_000), comparator: '>', value: 1 },
    },
  ],
  proofs: [
    {
      id: 'flat',
      title: 'Trigger time does not grow with the tasks of the job: exponent at most 0.2',
      tag: 'shape',
      observe: { kind: 'sql', query: exponentOf('estimate', 1), comparator: '<=', value: 0.2 },
    },
    {
      id: 'surely-flat',
      title: 'So does the upper end of its interval (95 %)',
      tag: 'shape',
      observe: { kind: 'sql', query: exponentOf('high', 1), comparator: '<=', value: 0.2 },
    },
  ],
  claims: [
    ...exponents('broken', 'from 1,000 tasks on', grown, { comparator: '>=', value: 0.8 }),
    ...exponents('fixed', 'from 10 tasks on', 1, { comparator: '<=', value: 0.2 }),
    {
      text: 'O(n) per task update: exponent of broken over all sizes, 10 to 10,000 tasks',
      seed: '001',
      variant: 'broken',
      measure: { kind: 'sql', query: exponentOf('estimate', 1), comparator: '>=', value: 0.8 },
      refuted: 'In jobs of 10 and 100 tasks most of the trigger’s time is the update of the job’s row, which is O(1).',
    },
    {
      text: 'Counter drift if updates fail midway: jobs whose counters are wrong after the database was killed',
      seed: '001',
      variant: 'crashed',
      measure: { kind: 'sql', query: driftedJobs, comparator: '>=', value: 1 },
      refuted: 'Trigger and change are one transaction. Drift takes a change that passes the trigger by.',
    },
    ...sizes.map((size) => ({
      text: `Trigger overhead reduced by 80%, at ${size} tasks in a job`,
      seed: '001',
      variant: 'fixed',
      relativeTo: 'broken',
      measure: { kind: 'sql' as const, query: costAt(size), comparator: '<=' as const, value: 0.2 },
      refuted: 'In small jobs most of the trigger’s time is the update of the job’s row, which both make.',
    })),
  ],
  keyCharts: ['cpu'],
  criteria: [{ id: 'proofs' }, { id: 'corrupt-data' }],
});
