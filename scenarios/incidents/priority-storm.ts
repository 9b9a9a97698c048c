import type { ScenarioDeclaration } from '../lib/declaration.ts';
import { defineScenario } from '../lib/define.ts';
import { shows } from '../lib/shows.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/** Each page links to the twelve after it, so that nearly every link points at a page that is a task already. */
const theSeedsService = {
  domainDelayMs: 20,
  jobWorkers: 16,
  dbQueueMaxConcurrency: 0,
  appPoolMax: 20,
  /** Of 30 to 60 s and 5 to 10 s; scaled by the same factor. */
  priorityLowDelayMs: 30_000,
  priorityMediumDelayMs: 5000,
  priorityBatchMs: 5000,
};
type Claim = NonNullable<ScenarioDeclaration['claims']>[number];

const linksPerPage = 12;
const broken = { priorityMode: 'each-link' };
const fixed = { priorityMode: 'no-op-detection' };

/** What the database itself counted. */
const rises = `FROM pg_stat_statements WHERE query LIKE 'SELECT * FROM raise_priorities(%'`;
/** For each page that was crawled. */
const queriesPerPage = `
  SELECT coalesce(sum(calls), 0)::float8 / greatest(1, (SELECT count(*) FROM tasks WHERE status = 'completed'))
  ${rises}`;
const numberOf = (url: string): string => `coalesce((regexp_match(${url}, 'page-(\\d+)$'))[1]::integer, 0)`;
/** Every page but the first two of a site is the first link of the page before it. */
const notRaised = `
  SELECT count(*) FROM tasks JOIN jobs ON jobs.id = tasks.job_id
  WHERE jobs.status = 'completed' AND ${numberOf('url')} > 1 AND abs(priority - 0.9) > 0.001`;
const raisedShare = `
  SELECT coalesce(avg((abs(priority - 0.9) < 0.001)::integer), 0) FROM tasks
  WHERE status = 'completed' AND url LIKE '%/page-%' AND url NOT LIKE '%/page-1'`;
const updates = (result: string) =>
  ({ kind: 'series', series: 'priority_updates', labels: { result }, statistic: 'sum' }) as const;
const noOps = updates('no-op');
const remedies = ['fixed', 'debounced', 'notify'];

/** A ratio to `broken` for each remedy. */
const gains = (text: string, measure: NonNullable<Claim['measure']>, those = remedies): Claim[] =>
  those.map((variant) => ({ text: `${text} (${variant})`, seed: '001', variant, relativeTo: 'broken', measure }));

const equalPriorities = shows(
  'exact',
  'equal-priorities',
  'Every page ends with the priority that each link by itself would have given it',
  { kind: 'sql', query: notRaised, comparator: '=', value: 0 },
);
const noNoOps = shows('exact', 'no-ops', 'No update writes a priority that was there already', {
  ...noOps,
  comparator: '<=',
  value: 5,
});
const fewQueries = shows('shape', 'queries', 'At most six queries about priorities for each page', {
  kind: 'sql',
  query: queriesPerPage,
  comparator: '<=',
  value: 6,
});

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'priority-storm',
  group: 'incidents',
  title: 'Priority storm',
  purpose: 'Every link of every page updates the priority of a page that has it already.',
  seeds: ['001'],
  story: {
    happened:
      'In the test that the source tells of, 2,567 updates of priorities came. Most of them wrote what stood there ' +
      'already, each within the transaction that completed a page.',
    cause:
      'Whenever a page linked to another, the other’s priority was written, whether or not that changed it. Pages ' +
      'of one site link to each other again and again.',
    symptom: 'Three of four updates change nothing, and each is a query, a new row version and a lock.',
    remedy:
      'Look first whether it changes anything. What is not urgent can wait: it is gathered for some seconds, the ' +
      'longer the lower the priority; or a listener is told, which writes in batches. Price: what is gathered rises ' +
      'seconds later and is lost in a crash; a listener needs a session of its own, and nothing tells when it stops ' +
      'hearing.',
  },
  environment: {
    route: 'pooler',
    replicas: 1,
    stack: { partner: { crawlMs: 60, linksPerPage } },
    service: theSeedsService,
  },
  load: {
    phases: [
      { name: 'jobs', kind: 'steady', fullSeconds: 120, floorSeconds: 10, activeJobs: 3 },
      // Longer than priorities are gathered: what the last pages brought is written, too.
      { name: 'written', kind: 'rest', fullSeconds: 12, floorSeconds: 9, activeJobs: 0 },
    ],
    interactivePerSecond: 5,
    pagesPerJob: [40, 40],
  },
  variants: [
    {
      name: 'broken',
      title: 'Each link writes',
      service: broken,
      expected: 'symptoms',
      diagnosis: { cause: 'n-plus-one', notCauses: ['app-pool', 'pooler-pool'] },
    },
    {
      name: 'fixed',
      title: 'Only what changes',
      service: fixed,
      expected: 'pass',
      diagnosis: { cause: 'none' },
      note: 'Priorities are read with the links: one that changes nothing costs no query, the others wait for no page.',
    },
    {
      name: 'debounced',
      title: 'High now, the others gathered',
      service: { priorityMode: 'debounced' },
      expected: 'pass',
      diagnosis: { cause: 'none' },
      note: 'What is gathered lives in the process alone: a crash loses it, and the pages stay where they were.',
    },
    {
      name: 'notify',
      title: 'LISTEN, and batches of 5 s',
      service: { priorityMode: 'notify' },
      expected: 'pass',
      diagnosis: { cause: 'none' },
      proofs: [
        equalPriorities,
        noNoOps,
        {
          id: 'batches',
          title: 'Less than one query about priorities for each page',
          tag: 'shape',
          observe: { kind: 'sql', query: queriesPerPage, comparator: '<', value: 1 },
        },
      ],
      note: 'It needs a session of its own beside the pooler. Nothing says so when a notification is lost.',
    },
    {
      name: 'notify-lost',
      title: 'LISTEN through the pooler',
      service: { priorityMode: 'notify', priorityListenRoute: 'app-pool' },
      expected: 'symptoms',
      diagnosis: { cause: 'pool-mode', notCauses: ['app-pool'] },
      symptoms: [
        {
          id: 'never-raised',
          title: 'Hardly a page ever rises, and nothing fails',
          tag: 'shape',
          observe: { kind: 'sql', query: raisedShare, comparator: '<=', value: 0.1 },
        },
      ],
      note: 'In transaction mode the session that LISTENs is not kept: the delay is silent and has no end.',
    },
  ],
  symptoms: [
    {
      id: 'no-ops',
      title: 'Updates write what is there already, hundreds of them or more',
      tag: 'shape',
      observe: { ...noOps, comparator: '>=', value: 500 },
    },
    {
      id: 'queries',
      title: 'Some ten queries about priorities for each page',
      tag: 'shape',
      observe: { kind: 'sql', query: queriesPerPage, comparator: '>=', value: 7 },
    },
  ],
  proofs: [equalPriorities, noNoOps, fewQueries],
  claims: [
    ...gains('Reduce no-op updates by 60-80%', { ...noOps, comparator: '<=', value: 0.4 }),
    ...gains('Reduce DB queries by 50-70% while maintaining critical path performance', {
      kind: 'sql',
      query: queriesPerPage,
      comparator: '<=',
      value: 0.5,
    }),
    ...gains('Lower Supabase CPU load during priority update storms', {
      kind: 'series',
      series: 'process.cpu_seconds',
      labels: { component: 'database' },
      statistic: 'delta',
      comparator: '<',
      value: 1,
    }),
    ...gains(
      'Decouple task completion from priority updates (non-blocking): p95 of a completion',
      {
        kind: 'quantile',
        series: 'pgsurge.transaction.duration',
        labels: { name: 'complete' },
        share: 0.95,
        comparator: '<',
        value: 1,
      },
      ['notify'],
    ),
    ...gains(
      'Reduce transaction contention: samples of sessions that wait for a lock',
      {
        kind: 'series',
        series: 'postgres.sessions.waiting',
        labels: { wait_event_type: 'Lock' },
        statistic: 'sum',
        comparator: '<',
        value: 1,
      },
      ['notify'],
    ),
    {
      text: 'Synchronous UPDATE queries (2,567 during test)',
      seed: '001',
      variant: 'broken',
      measure: {
        kind: 'sql',
        query: `SELECT sum(calls) ${rises}`,
        comparator: '>=',
        value: 2567,
      },
    },
    {
      text: 'Logs only actual priority changes for observability: updates counted that changed something',
      seed: '001',
      measure: { ...updates('changed'), comparator: '>=', value: 1 },
    },
  ],
  keyCharts: ['priorities'],
  criteria: [{ id: 'proofs' }],
});
