import { costAt, exponentOf, measureCosts, timesAsMuch } from '../lib/costs.ts';
import { defineScenario } from '../lib/define.ts';
import { shows } from '../lib/shows.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

const jobLimit = 4;
/** 001 changed four things at once; each has a setting of its own here, so that each can be tried alone. */
const changes = {
  exists: { before: { claimCheck: 'count' }, after: { claimCheck: 'exists' } },
  batch: { before: { enqueueMode: 'row-by-row' }, after: { enqueueMode: 'batch' } },
  'pre-check': { before: { claimPreCheck: false }, after: { claimPreCheck: true } },
  indexes: { before: { claimIndexes: 'none' }, after: { claimIndexes: 'covering' } },
} as const;
type Change = keyof typeof changes;
const names = Object.keys(changes) as Change[];
const withChanges = (made: readonly Change[]): Record<string, string | boolean> =>
  Object.assign({}, ...names.map((name) => changes[name][made.includes(name) ? 'after' : 'before'])) as Record<
    string,
    string | boolean
  >;

/** A job at its limit, with so many tasks that rank before all others and may not be claimed. */
const blockedJob = (key: string, tasks: string): string => `
    INSERT INTO jobs (key, tenant_id, title, pages, status, total_tasks, pending_tasks, running_tasks)
    VALUES (${key}, 'probe', 'probe', 10000, 'running', ${tasks} + ${jobLimit}, ${tasks}, ${jobLimit})
    RETURNING id INTO job;
    INSERT INTO tasks (job_id, url, status, priority) SELECT job, 'https://blocked.example/page-' || n, 'pending', 0.9
    FROM generate_series(1, ${tasks}) AS n;
    INSERT INTO tasks (job_id, url, status, claimed_by, lease_until)
    SELECT job, 'https://blocked.example/running-' || n, 'running', 'probe', now() + interval '1 hour'
    FROM generate_series(1, ${jobLimit}) AS n;`;

const sizes = [1000, 16_000, 100_000] as const;
/** What a claim takes in the database, beside a backlog of `size` tasks that may not be claimed yet. */
const claimTime = measureCosts({
  sizes,
  declared: 'job uuid; begun timestamptz;',
  first: `
    INSERT INTO jobs (key, tenant_id, title, pages, status, total_tasks, pending_tasks)
    VALUES ('probe-free', 'probe', 'probe', 50, 'running', 50, 50) RETURNING id INTO job;
    INSERT INTO tasks (job_id, url, status) SELECT job, 'https://free.example/page-' || n, 'pending'
    FROM generate_series(1, 50) AS n;`,
  plant: blockedJob("'probe-' || size", 'added'),
  operation: `
    begun := clock_timestamp();
    PERFORM * FROM claim_task_within('probe', 10, ${jobLimit});
    cost := extract(epoch FROM clock_timestamp() - begun) * 1000;`,
});

const backlog = 16_000;
const plantBacklog = `
  DO $plant$ DECLARE job uuid; BEGIN
    SET LOCAL session_replication_role = replica;
    ${blockedJob("'planted-backlog'", String(backlog))}
  END $plant$`;
const removeBacklog = `
  DO $remove$ BEGIN
    SET LOCAL session_replication_role = replica;
    DELETE FROM tasks WHERE url LIKE 'https://blocked.example/%';
    DELETE FROM jobs WHERE key = 'planted-backlog';
  END $remove$`;

const insertsPerJob = `
  SELECT coalesce(sum(calls), 0)::float8 / greatest(1, (SELECT count(*) FROM jobs))
  FROM pg_stat_statements
  WHERE query LIKE 'SELECT insert_links(%'`;

const grows = shows('shape', 'grows', 'A claim costs more the more tasks wait: exponent at least 0.8', {
  kind: 'sql',
  query: exponentOf('estimate', 1),
  comparator: '>=',
  value: 0.8,
});
const flat = shows(
  'shape',
  'flat',
  'A claim costs the same however many tasks wait: upper end of the exponent’s interval at most 0.2',
  { kind: 'sql', query: exponentOf('high', 1), comparator: '<=', value: 0.2 },
);
const batched = shows('exact', 'inserts', 'A page of links is written by one statement', {
  kind: 'sql',
  query: insertsPerJob,
  comparator: '<=',
  value: 1.01,
});

const [smallest, , largest] = sizes;
const stillGrows = shows('shape', 'still-grows', 'A claim beside 100,000 tasks costs ten times that beside 1,000', {
  kind: 'sql',
  query: timesAsMuch(largest, smallest),
  comparator: '>=',
  value: 10,
});

/** A claim stays O(n) while it counts, or looks through the tasks of jobs at their limit. */
const isFlat = (made: readonly Change[]): boolean => made.includes('exists') && made.includes('pre-check');
const some = (name: string, title: string, made: readonly Change[]) => ({
  name,
  title,
  service: withChanges(made),
  expected: isFlat(made) ? ('pass' as const) : ('symptoms' as const),
  diagnosis: isFlat(made) ? { cause: 'none' as const } : { cause: 'slow-statements' as const },
  ...(isFlat(made) ? { proofs: [flat] } : { symptoms: [stillGrows] }),
});

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'task-claim',
  group: 'incidents',
  title: 'Claims that look at the whole backlog',
  purpose: 'Taking one task costs as much as there are tasks that nobody may take yet.',
  seeds: ['001'],
  story: {
    happened:
      'With tens of thousands of tasks waiting, the workers spent more time to claim a task than to work on it, and ' +
      'the database was busy with nothing but claims.',
    cause:
      'Each claim counted all that is pending, and then looked through it past every task of the jobs that were at ' +
      'their limit, since no index led past them. The links of a page were written row by row.',
    symptom: 'A claim takes sixteen times as long beside 16,000 tasks as beside 1,000.',
    remedy:
      'EXISTS in place of COUNT(*), and a look first at which job has capacity: only both together keep the cost of ' +
      'a claim flat. One INSERT for all links of a page saves ten of eleven statements. The fourth change, an index ' +
      'of what is pending by job and priority, bought next to nothing here. Price: EXISTS says that there is work, ' +
      'not how much; the index is written with each change of a task that is pending.',
  },
  environment: {
    route: 'direct',
    replicas: 1,
    stack: { partner: { crawlMs: 50 } },
    service: {
      jobConcurrency: jobLimit,
      jobWorkers: 8,
      dbQueueMaxConcurrency: 0,
      appPoolMax: 16,
      domainDelayMs: 20,
      workerPollMs: 500,
    },
  },
  load: {
    phases: [
      { name: 'jobs', kind: 'steady', fullSeconds: 120, floorSeconds: 6, activeJobs: 3 },
      { name: 'measured', kind: 'rest', fullSeconds: 30, floorSeconds: 4, activeJobs: 0 },
    ],
    interactivePerSecond: 5,
    pagesPerJob: [12, 12],
  },
  steps: [
    { phase: 'jobs', atSeconds: 0, do: 'sql', sql: plantBacklog },
    { phase: 'measured', atSeconds: 1, do: 'sql', sql: removeBacklog },
    { phase: 'measured', atSeconds: 1.5, do: 'sql', sql: 'VACUUM ANALYZE tasks' },
    { phase: 'measured', atSeconds: 2, do: 'sql', sql: claimTime },
  ],
  variants: [
    {
      name: 'broken',
      title: 'COUNT(*), row by row, no look first, no index',
      service: withChanges([]),
      expected: 'symptoms',
      diagnosis: { cause: 'slow-statements', notCauses: ['app-pool', 'lock-queue'] },
    },
    {
      name: 'fixed',
      title: 'All four changes',
      service: withChanges(names),
      expected: 'pass',
      diagnosis: { cause: 'none' },
      note: 'One more index is written with each change of a task that is pending.',
    },
    ...names.map((name) => some(`only-${name}`, `Only ${name}`, [name])),
    ...names.map((name) =>
      some(
        `without-${name}`,
        `All but ${name}`,
        names.filter((other) => other !== name),
      ),
    ),
  ],
  symptoms: [
    grows,
    {
      id: 'inserts',
      title: 'A page of eleven links is written by eleven statements',
      tag: 'exact',
      observe: { kind: 'sql', query: insertsPerJob, comparator: '>=', value: 8 },
    },
  ],
  proofs: [flat, batched],
  claims: [
    ...sizes.flatMap((size) =>
      ['fixed', ...names.map((name) => `only-${name}`), ...names.map((name) => `without-${name}`)].map((variant) => ({
        text: `What the changes bought (${variant}): a claim beside ${size} tasks, in ms, against all as before`,
        seed: '001',
        variant,
        relativeTo: 'broken',
        measure: { kind: 'sql' as const, query: costAt(size), comparator: '<' as const, value: 1 },
      })),
    ),
    ...(['low', 'high'] as const).map((side) => ({
      text: `Exponent of the cost of a claim in the backlog, ${side} end of its interval (95 %)`,
      seed: '001',
      measure: { kind: 'sql' as const, query: exponentOf(side, 1), comparator: '<=' as const, value: 0.2 },
    })),
  ],
  keyCharts: ['cpu'],
  criteria: [{ id: 'proofs' }, { id: 'corrupt-data' }],
});
