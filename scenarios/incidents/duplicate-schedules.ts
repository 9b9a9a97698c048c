import type { StepDeclaration } from '../lib/declaration.ts';
import { defineScenario } from '../lib/define.ts';
import { shows } from '../lib/shows.ts';

export { interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/**
 * Of the first schedule's interval: six ticks fall due within the lookahead. Shortened: the manager passes every 2 s.
 */
const theSeedsService = {
  scheduleIntervalSeconds: 10,
  scheduleLookaheadSeconds: 60,
  scheduleManagerIntervalSeconds: 2,
  workerStart: 'together',
  jobWorkers: 4,
  warmConnections: 8,
  drainMs: 0,
};
const ticksOfOneSchedule = 6;
/** A pass comes 2 s after a start; then its jobs run. */
const untilThePass = 3;
const broken = { scheduleCall: 'workspace-in-payload', scheduleConstraint: 'nulls-distinct' };
const fixed = { scheduleCall: 'positional', scheduleConstraint: 'nulls-not-distinct' };
/** What a tool must name that sees a stranger's sources only. */
const duplicates = { cause: 'duplicate-schedules', notCauses: ['app-pool', 'part-restarted'] } as const;
/** One schedule, however often it starts: the starts themselves are all that requests feel. */
const healthy = {
  expected: 'pass',
  diagnosis: { cause: 'part-restarted', notCauses: ['duplicate-schedules', 'login-storm', 'app-pool'] },
} as const;
const constraint =
  'ALTER TABLE cron_schedules DROP CONSTRAINT cron_schedules_queue_workspace_key, ADD CONSTRAINT ' +
  'cron_schedules_queue_workspace_key UNIQUE NULLS NOT DISTINCT (queue_name, workspace_id)';

/** All that a pass dispatches is written by one statement, so by one transaction. */
const inPass = (which: 'min' | 'max', also = ''): string =>
  `SELECT count(*) FROM schedule_ticks WHERE xmin = (
    SELECT xmin FROM schedule_ticks WHERE id = (SELECT ${which}(id) FROM schedule_ticks)
  )${also}`;
const eighteenAtOnce = { kind: 'sql', query: inPass('min'), comparator: '=', value: 18 } as const;
const ofTheFirstThree = ' AND schedule_id IN (SELECT id FROM cron_schedules ORDER BY id LIMIT 3)';

const restarts = (atSeconds: number, times: number, variants: string[]): StepDeclaration => ({
  phase: 'restarts',
  atSeconds,
  do: 'restart',
  times,
  holdSeconds: untilThePass,
  variants,
});
const countOfSchedules = "SELECT count(*) FROM cron_schedules WHERE queue_name = 'memo.batch-check'";
const schedulesAre = (value: number) => ({ kind: 'sql', query: countOfSchedules, comparator: '=', value }) as const;
const oneOfNoWorkspace = {
  kind: 'sql',
  query: `${countOfSchedules} AND workspace_id IS NULL`,
  comparator: '=',
  value: 1,
} as const;
/** The service's own statement, with the workspace of somebody else passed as data. */
const registerAnother = `
  INSERT INTO cron_schedules (queue_name, interval_seconds, payload, next_tick_at)
  VALUES ('memo.batch-check', 10, '{"workspaceId":"tenant-7"}', now() + interval '10 s')
  ON CONFLICT (queue_name, workspace_id) DO UPDATE SET payload = EXCLUDED.payload`;

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'duplicate-schedules',
  group: 'incidents',
  title: 'Duplicate schedules',
  purpose: 'Every restart of the service leaves one more schedule of the same queue, and each dispatches its own jobs.',
  seeds: ['004'],
  story: {
    happened:
      'The jobs of one schedule came eighteen at a time. Nobody had changed the schedule, and nothing failed: there ' +
      'were only more jobs after every restart.',
    cause:
      "`schedule(queue, 30, { workspaceId: 'system' })` passes the workspace as data, so the row's workspace_id " +
      'is NULL; UNIQUE (queue_name, workspace_id) never finds NULL equal to NULL, so each start inserts one more ' +
      'row.',
    symptom:
      'Three starts: three schedules, each with six ticks (one each 10 s) within the 60 s lookahead, so 18 jobs at ' +
      'once. Twenty-two starts: 22 schedules.',
    remedy:
      "The right call, `schedule(queue, 30, {}, 'system')`, and UNIQUE NULLS NOT DISTINCT; delete the duplicates " +
      'first, or the constraint cannot be made. Better: no NULL at all, with a sentinel. Price: with the constraint ' +
      'alone a wrong call still passes, and takes over the schedule of another workspace; with a sentinel every ' +
      'query has to know that value.',
  },
  environment: { route: 'direct', replicas: 1, service: theSeedsService },
  load: {
    phases: [{ name: 'restarts', kind: 'rest', fullSeconds: 60, floorSeconds: 8, activeJobs: 0 }],
    interactivePerSecond: 10,
  },
  steps: [
    restarts(0.2, 2, ['broken', 'fixed', 'sentinel']),
    restarts(0.3, 19, ['broken', 'fixed', 'sentinel']),
    restarts(0.2, 7, ['replicas']),
    restarts(0.2, 3, ['wrong-call-again']),
    { phase: 'restarts', atSeconds: 0.3, do: 'sql', sql: registerAnother, variants: ['wrong-call-again'] },
    { phase: 'restarts', atSeconds: 0.2, do: 'restart', times: 2, holdSeconds: 1.2, variants: ['upgrade'] },
    {
      phase: 'restarts',
      atSeconds: 0.3,
      do: 'sql',
      sql: constraint,
      failsWith: 'could not create unique index',
      variants: ['upgrade'],
    },
    {
      phase: 'restarts',
      atSeconds: 0.4,
      do: 'sql',
      sql: "DELETE FROM cron_schedules WHERE queue_name = 'memo.batch-check' AND workspace_id IS NULL",
      variants: ['upgrade'],
    },
    { phase: 'restarts', atSeconds: 0.5, do: 'sql', sql: constraint, variants: ['upgrade'] },
    {
      phase: 'restarts',
      atSeconds: 0.6,
      do: 'restart',
      settings: fixed,
      holdSeconds: untilThePass,
      variants: ['upgrade'],
    },
  ],
  variants: [
    {
      name: 'broken',
      title: 'Wrong call, UNIQUE with NULLs',
      service: broken,
      expected: 'symptoms',
      diagnosis: duplicates,
    },
    {
      name: 'fixed',
      title: 'Right call, NULLS NOT DISTINCT',
      service: fixed,
      ...healthy,
      note: 'The stop-gap of the seed: a wrong call now fails to repeat, but the NULL stays possible.',
    },
    {
      name: 'sentinel',
      title: '_system_ in place of NULL',
      service: { scheduleCall: 'workspace-in-payload', scheduleConstraint: 'sentinel' },
      ...healthy,
      note: 'The proper fix: NOT NULL with a sentinel and a plain UNIQUE hold even with the wrong call.',
    },
    {
      name: 'wrong-call-again',
      title: 'NULLS NOT DISTINCT, the wrong call',
      service: { ...broken, scheduleConstraint: 'nulls-not-distinct' },
      expected: 'symptoms',
      diagnosis: healthy.diagnosis,
      symptoms: [
        shows('exact', 'one-schedule', 'There is one schedule after four starts, of no workspace', oneOfNoWorkspace),
        shows('exact', 'taken-over', 'Another workspace registers in the same way, and that of system is gone', {
          kind: 'sql',
          query: `${oneOfNoWorkspace.query} AND payload ->> 'workspaceId' = 'tenant-7'`,
          comparator: '=',
          value: 1,
        }),
      ],
      note: 'The constraint alone stops the duplicates and hides the call: 004 says that NULL handling stays fragile.',
    },
    {
      name: 'replicas',
      title: 'The fix, 3 replicas, 24 starts',
      service: fixed,
      ...healthy,
      reference: { replicas: 3 },
      note:
        'Three replicas started eight times each register and dispatch at the same time: still one schedule, each ' +
        'tick once.',
    },
    {
      name: 'upgrade',
      title: 'From broken to fixed',
      service: broken,
      expected: 'pass',
      diagnosis: duplicates,
      note:
        'Three starts of the broken service, then the way out: the constraint alone fails on the duplicates (as ' +
        'the seed orders it); delete them, make it, release the right call.',
    },
  ],
  symptoms: [
    shows('exact', 'schedules', 'Twenty-two schedules after twenty-two starts', schedulesAre(22)),
    shows('exact', 'schedules-metric', 'cron_schedules_total shows it', {
      kind: 'series',
      series: 'cron_schedules_total',
      statistic: 'max',
      comparator: '=',
      value: 22,
    }),
    shows('exact', 'three-schedules', 'Three schedules after three starts dispatch in the first pass', {
      kind: 'sql',
      query: inPass('min').replace('count(*)', 'count(DISTINCT schedule_id)'),
      comparator: '=',
      value: 3,
    }),
    shows('exact', 'jobs-at-once', 'Eighteen jobs at once, three starts in', eighteenAtOnce),
    shows('exact', 'log', 'The log says so, in the words of the seed', {
      kind: 'log',
      component: 'service',
      contains: 'Dispatching memo batch process jobs',
      atLeast: 18,
    }),
  ],
  claims: [
    {
      text: '3 duplicate schedules × 6 ticks = 18 simultaneous jobs',
      seed: '004',
      variant: 'broken',
      measure: eighteenAtOnce,
    },
    {
      text: '18 again in the next pass (10:33:06, 10:33:16): the same three schedules, later',
      seed: '004',
      variant: 'broken',
      measure: { kind: 'sql', query: inPass('max', ofTheFirstThree), comparator: '=', value: 18 },
      refuted:
        'What a pass has dispatched ahead is not due again: a later pass brings the ticks that have fallen due ' +
        'since, one or two a schedule. Eighteen each time needs three new schedules.',
    },
    {
      text: '22 schedules × 6 ticks would be 132 at once',
      seed: '004',
      variant: 'broken',
      measure: { kind: 'sql', query: inPass('max'), comparator: '=', value: 132 },
      refuted:
        'Only the schedules that are new in a pass have all six ticks due; the first three had a pass before and ' +
        'bring one or two each.',
    },
    { text: 'Only 1 schedule remains', seed: '004', variant: 'fixed', measure: schedulesAre(1) },
    {
      text: 'No more simultaneous job bursts (a first pass still dispatches the six ticks of one schedule)',
      seed: '004',
      variant: 'fixed',
      measure: { kind: 'sql', query: inPass('min'), comparator: '<=', value: 1 },
      refuted:
        'A new schedule’s first pass dispatches the six ticks of the lookahead at once, also when there is only ' +
        'one schedule.',
    },
  ],
  keyCharts: ['dispatched'],
  criteria: [{ id: 'schedules-per-queue' }, { id: 'dispatches-per-pass', value: ticksOfOneSchedule }],
});
