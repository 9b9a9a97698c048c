import { defineScenario } from '../lib/define.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/** Shortened: a lease of two seconds, so that what a dead worker held is seen within the run. */
const theSeedsService = {
  taskLeaseSeconds: 2,
  crawlTimeoutMs: 3000,
  queryTimeoutMillis: 4000,
  workerPollMs: 1000,
  jobWorkers: 16,
  domainDelayMs: 100,
  /** The watchdog is another story: it would fail the open job before the run ends. */
  watchdogNoProgressSeconds: 180_000,
};
const broken = { heartbeat: true, noRescue: true, orphanCleanup: false };
const fixed = { heartbeat: true, noRescue: false, orphanCleanup: true };

/** Of jobs that had ended, and of one that had not: 16,083 in all, as the seed counts them. */
const endedJobs = 40;
const tasksOfEach = 400;
const tasksOfOpenJob = 83;
const backlog = endedJobs * tasksOfEach + tasksOfOpenJob;

const plantJob = (key: string, status: string, tasks: number): string => `
  INSERT INTO jobs (key, tenant_id, title, pages, status, total_tasks, running_tasks, finished_at)
  VALUES (${key}, 'planted', 'planted', ${tasks}, '${status}', ${tasks}, ${tasks},
    CASE WHEN '${status}' = 'failed' THEN now() END) RETURNING id INTO job;
  INSERT INTO tasks (job_id, url, status, claimed_by, lease_until, started_at)
  SELECT job, 'https://planted.example/' || job || '/page-' || n, 'running', 'worker-that-died',
    now() - interval '1 hour', now() - interval '2 hours'
  FROM generate_series(1, ${tasks}) AS n;`;

/** Tasks that workers held when they died, long before the run. */
const plantBacklog = `
  DO $plant$ DECLARE job uuid; BEGIN
    SET LOCAL session_replication_role = replica;
    INSERT INTO tenants (id, name) VALUES ('planted', 'planted') ON CONFLICT DO NOTHING;
    FOR number IN 1..${endedJobs} LOOP ${plantJob("'planted-ended-' || number", 'failed', tasksOfEach)} END LOOP;
    ${plantJob("'planted-open'", 'running', tasksOfOpenJob)}
  END $plant$`;

const plantedTasks = (condition: string): string => `
  SELECT count(*) FROM tasks JOIN jobs ON jobs.id = tasks.job_id
  WHERE jobs.key LIKE 'planted-%' AND ${condition}`;
const stillHeld = plantedTasks("tasks.status = 'running' AND claimed_by = 'worker-that-died'");
const cleared = plantedTasks("tasks.status IN ('completed', 'failed')");
const effects = `
  SELECT count(*) FROM task_effects JOIN tasks ON tasks.id = task_id JOIN jobs ON jobs.id = job_id
  WHERE jobs.key = 'planted-open'`;
/** Of the run's own jobs: left by the replica that is killed in the midst. */
const made = `
  SELECT count(*) FROM tasks JOIN jobs ON jobs.id = tasks.job_id
  WHERE jobs.key NOT LIKE 'planted-%' AND tasks.status <> 'completed' AND tasks.status <> 'waiting'`;

const killed = 'a replica is killed on purpose; what its requests lost is judged by the chaos scenario replica-kill';

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'orphaned-tasks',
  group: 'incidents',
  title: 'Orphaned tasks',
  purpose: 'Workers die while they hold tasks, and nobody ever takes those tasks back.',
  seeds: ['001'],
  story: {
    happened:
      'Sixteen thousand tasks stood as running, though no worker worked on them. Their jobs had failed long ago, or ' +
      'never came to an end.',
    cause:
      'A claim had no end: a task stayed claimed when its worker had died. And when a job failed, the tasks that ' +
      'were still open were left as they were.',
    symptom: 'The backlog stays as it is, and each replica that dies adds the tasks that it held.',
    remedy:
      'A claim holds for a lease, which a heartbeat renews. A claim whose lease is over is taken back, with a new ' +
      'fencing token, so that each effect happens once. Tasks whose job has ended are failed, with the reason on ' +
      'them. Price: the heartbeats are writes, the task of a dead worker lies until its lease is over, and a worker ' +
      'that is slower than its lease loses its claim.',
  },
  environment: {
    route: 'direct',
    replicas: 2,
    stack: { partner: { crawlMs: 300 } },
    service: theSeedsService,
  },
  load: {
    phases: [{ name: 'jobs', kind: 'steady', fullSeconds: 300, floorSeconds: 14, activeJobs: 6 }],
    interactivePerSecond: 5,
    pagesPerJob: [6, 8],
  },
  steps: [
    { phase: 'jobs', atSeconds: 0, do: 'sql', sql: plantBacklog },
    { phase: 'jobs', atSeconds: 5, do: 'inject', fault: 'replica-kill', holdSeconds: 2 },
  ],
  variants: [
    {
      name: 'broken',
      title: 'A claim has no end',
      service: broken,
      expected: 'symptoms',
      diagnosis: { cause: 'part-restarted', notCauses: ['app-pool', 'lock-queue', 'held-transactions'] },
    },
    {
      name: 'fixed',
      title: 'Leases, and a clean-up',
      service: fixed,
      expected: 'pass',
      diagnosis: { cause: 'part-restarted', notCauses: ['app-pool', 'lock-queue'] },
      note: 'A worker that is slower than its lease loses its claim: the heartbeat must not depend on the work.',
    },
  ],
  symptoms: [
    {
      id: 'backlog-stays',
      title: 'All 16,083 tasks that were planted are still held by workers that died',
      tag: 'exact',
      observe: { kind: 'sql', query: stillHeld, comparator: '=', value: backlog },
    },
    {
      id: 'made',
      title: 'The replica that is killed leaves tasks of its own',
      tag: 'shape',
      observe: { kind: 'sql', query: made, comparator: '>=', value: 1 },
    },
  ],
  proofs: [
    {
      id: 'cleared',
      title: 'All 16,083 are cleared',
      tag: 'exact',
      observe: { kind: 'sql', query: cleared, comparator: '=', value: backlog },
    },
    {
      id: 'effects',
      title: 'Those of the open job are worked on, each effect once',
      tag: 'exact',
      observe: { kind: 'sql', query: effects, comparator: '=', value: tasksOfOpenJob },
    },
    {
      id: 'none-made',
      title: 'None is made, though a replica is killed',
      tag: 'exact',
      observe: { kind: 'sql', query: made, comparator: '=', value: 0 },
    },
  ],
  claims: [
    {
      text: '16,083 tasks cleaned',
      seed: '001',
      variant: 'fixed',
      measure: { kind: 'sql', query: cleared, comparator: '=', value: backlog },
    },
    {
      text: 'zero created during test',
      seed: '001',
      variant: 'fixed',
      measure: { kind: 'sql', query: made, comparator: '=', value: 0 },
    },
  ],
  keyCharts: ['jobs'],
  criteria: [{ id: 'proofs' }, { id: 'corrupt-data' }, { id: 'goodput', notApplicable: killed }],
});
