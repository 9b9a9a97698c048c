import { defineScenario } from '../lib/define.ts';
import { shows } from '../lib/shows.ts';

export { interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/**
 * A small app pool over a link of 120 ms answers 25 statements a second. What one schedule dispatches does no harm. Of
 * 22 the ticks of one pass (each 3 s, by one replica or the other) stand in the pool's line before whoever comes next;
 * a request that finds more than 25 there is turned away, as it would be by the 50 of the usual pool.
 */
const theSeedsService = {
  appPoolMax: 3,
  connectionTimeoutMillis: 900,
  warmConnections: 3,
  poolWaitingLimit: 25,
  scheduleIntervalSeconds: 1,
  scheduleLookaheadSeconds: 2,
  scheduleManagerIntervalSeconds: 3,
  jobWorkers: 2,
  workerPollMs: 5000,
  waitingPollMs: 5000,
  outboxListeners: 1,
  outboxPollMs: 5000,
};
const broken = { scheduleCall: 'workspace-in-payload', scheduleConstraint: 'nulls-distinct' };
const fixed = { scheduleCall: 'positional', scheduleConstraint: 'nulls-not-distinct' };
const replicas = 2;
const releases = 10;
const schedulesAtEnd = replicas * (releases + 1);
const schedules = { kind: 'series', series: 'cron_schedules_total', statistic: 'max' } as const;
/** Some two releases. */
const atFirst = { phase: 'releases', withinSeconds: 10 } as const;
const requests = (outcome: string) =>
  ({ kind: 'series', series: 'http_reqs', labels: { outcome }, statistic: 'sum' }) as const;
const failed = requests('error');
const refused = requests('refused');

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'silent-growth',
  group: 'incidents',
  title: 'Silent growth',
  purpose: 'Each release leaves some schedules more; nothing fails, until there was one release too many.',
  seeds: ['004'],
  story: {
    happened:
      'For weeks every release went well. Then after one of them requests were turned away, though nothing in that ' +
      'release had to do with requests.',
    cause:
      'Each start registered one schedule more, since its unique key holds a NULL and never finds the one that is ' +
      'there; nobody looked at how many there were. All dispatch their jobs at the same instants, from the same ' +
      'small app pool.',
    symptom: 'The number of schedules rises with every start, long before the first request fails.',
    remedy:
      'A unique key that treats NULLs as equal, once the duplicates are deleted (see `duplicate-schedules`). And ' +
      'watch what should stay as it is: a trend that is tested names the growing series while there is still time. ' +
      'Price: a trend needs nine looks or more before it says anything, and it warns in runs that pass, which ' +
      'somebody has to read.',
  },
  environment: {
    route: 'direct',
    replicas,
    stack: { linkMs: 120 },
    service: theSeedsService,
  },
  load: {
    // Ten releases take 50 s. What is left is enough for many requests to be turned away, and short beside them: what
    // has long ceased to grow does not grow all through.
    phases: [{ name: 'releases', kind: 'steady', fullSeconds: 300, floorSeconds: 68, activeJobs: 0 }],
    interactivePerSecond: 5,
  },
  // One replica after the other, so that no request fails for want of one.
  steps: Array.from({ length: releases }, (_, release) => ({
    phase: 'releases',
    atSeconds: 1 + 5 * release,
    do: 'roll' as const,
  })),
  variants: [
    {
      name: 'broken',
      title: 'Each start adds a schedule',
      service: broken,
      expected: 'symptoms',
      diagnosis: { cause: 'duplicate-schedules', notCauses: ['connection-leak', 'slow-statements'] },
      note: 'What grows is named by its trend; how long before the first request fails stands with the criterion.',
    },
    {
      name: 'fixed',
      title: 'One schedule, however often it starts',
      service: fixed,
      expected: 'pass',
      // Ten releases in a minute, over slow logins, keep people waiting with one schedule, too.
      diagnosis: { cause: 'part-restarted', notCauses: ['duplicate-schedules'] },
      note: 'The trend is looked at in both: it stays quiet here.',
    },
  ],
  symptoms: [
    shows('exact', 'schedules', 'There are as many schedules as starts', {
      ...schedules,
      comparator: '=',
      value: schedulesAtEnd,
    }),
    shows('shape', 'no-request-fails-yet', 'In the first 10 s no request fails', {
      ...failed,
      ...atFirst,
      comparator: '=',
      value: 0,
    }),
    shows('shape', 'none-refused-yet', 'Nor is one turned away', { ...refused, ...atFirst, comparator: '=', value: 0 }),
    shows('exact', 'seen-before', 'Within these 10 s the metric shows that schedules are added', {
      ...schedules,
      ...atFirst,
      comparator: '>',
      value: replicas,
    }),
    shows('shape', 'refused', 'At last requests are turned away, though each release went well', {
      ...refused,
      comparator: '>=',
      value: 1,
    }),
  ],
  proofs: [
    shows('exact', 'schedules', 'There is one schedule after all starts', { ...schedules, comparator: '=', value: 1 }),
    shows('exact', 'none-fails', 'No request fails', { ...failed, comparator: '=', value: 0 }),
    shows('exact', 'none-refused', 'None is turned away', { ...refused, comparator: '=', value: 0 }),
  ],
  claims: [
    {
      text: 'All three bugs were silent, no errors until catastrophic failure: requests that fail in the first 10 s',
      seed: '004',
      variant: 'broken',
      measure: { ...failed, ...atFirst, comparator: '=', value: 0 },
    },
    {
      text: 'Would have been caught by cron_schedules_total: schedules that it shows in those 10 s',
      seed: '004',
      variant: 'broken',
      measure: { ...schedules, ...atFirst, comparator: '>', value: 1 },
    },
  ],
  keyCharts: ['dispatched'],
  criteria: [{ id: 'silent-growth' }, { id: 'schedules-per-queue' }, { id: 'proofs' }],
});
