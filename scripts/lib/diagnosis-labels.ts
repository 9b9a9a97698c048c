/** Right answers that no scenario declares: what each fault is to whoever sees its effects; and what was changed. */
import type { DiagnosisDeclaration } from '../../scenarios/lib/causes.ts';

/** By the fault alone, for chaos scenarios. Those without a line have no cause of the list: a pause, a slow link. */
export const chaosLabels: Readonly<Record<string, DiagnosisDeclaration>> = {
  control: { cause: 'none' },
  'backends-terminated': { cause: 'part-restarted' },
  blackhole: { cause: 'connect-failures' },
  'database-crash': { cause: 'part-restarted' },
  'database-restart': { cause: 'part-restarted' },
  'lock-storm': { cause: 'lock-queue', notCauses: ['app-pool', 'pooler-pool'] },
  'pooler-crash': { cause: 'part-restarted', notCauses: ['app-pool', 'pooler-pool'] },
  'pooler-restart': { cause: 'part-restarted', notCauses: ['app-pool', 'pooler-pool'] },
  'replica-kill': { cause: 'part-restarted' },
  reset: { cause: 'connect-failures' },
  'slots-exhausted': { cause: 'foreign-slots', notCauses: ['app-pool', 'pooler-pool'] },
};

/**
 * Of the selftest's mutations of the service, by what each does to connections, and by the fault that exposes it. Those
 * without a line have no cause of the list: memory, work that is done late, a pause, a slow link.
 */
export const mutationLabels: Readonly<Record<string, DiagnosisDeclaration>> = {
  'synchronous-commit-off': { cause: 'part-restarted' },
  'ack-before-commit': { cause: 'part-restarted' },
  'blind-retry': { cause: 'connect-failures' },
  'lost-tasks-failed': { cause: 'part-restarted' },
  'no-rescue': { cause: 'part-restarted' },
  'missing-release': { cause: 'connection-leak', notCauses: ['app-pool', 'pooler-pool'] },
  'no-pool-error-handler': { cause: 'part-restarted' },
  'routes-moved': { cause: 'wrong-target' },
  'slow-quarter-minute': { cause: 'slow-statements', notCauses: ['app-pool', 'pooler-pool'] },
  'schedule-without-key': { cause: 'duplicate-schedules' },
  'refuses-early': { cause: 'app-pool' },
  'pooler-turns-away': { cause: 'pooler-pool', notCauses: ['app-pool'] },
  'impatient-queries': { cause: 'impatient-clients' },
  'pooler-waits-to-log-in': { cause: 'part-restarted' },
};

interface Changed {
  entries: readonly string[];
  from: string;
  to: DiagnosisDeclaration;
  reason: string;
}

/** What a crowd that comes at one instant waits for is what it waits for, also where nobody is turned away. */
const crowdWaits =
  'A thousand users ask at one instant, and half of them wait for a second or more: nobody fails, and that is no ' +
  'health.';
const insideTheQueue =
  'What is wrong is in the rows of the queue: requests are answered soon and the connections have room, so whoever ' +
  'sees only those has nothing else to see.';

const restarted = { cause: 'part-restarted' } as const;

/** Each label that is another than the one its scenario was committed with; runs of before still hold the old one. */
export const changedLabels: readonly Changed[] = [
  {
    entries: ['duplicate-schedules.fixed', 'duplicate-schedules.sentinel', 'duplicate-schedules.replicas'],
    from: 'none',
    to: { ...restarted, notCauses: ['duplicate-schedules', 'login-storm', 'app-pool'] },
    reason:
      'Seed 004 counts the schedules after one start after another, and its fix is about those, not about the ' +
      'starts: with the fix, too, half of the requests find no replica while it is started anew.',
  },
  {
    entries: ['waiting-tasks.restarted'],
    from: 'none',
    to: { ...restarted, notCauses: ['retry-storm'] },
    reason: 'The one replica is started anew under load, and requests fail meanwhile.',
  },
  {
    entries: ['waiting-tasks.timers-lost'],
    from: 'unknown',
    to: { ...restarted, notCauses: ['app-pool', 'slow-statements'] },
    reason: 'The one replica is started anew under load: that is what loses its timers, and requests fail meanwhile.',
  },
  {
    entries: ['multiplexing.fixed'],
    from: 'none',
    to: { cause: 'pooler-pool', notCauses: ['pool-mode', 'slow-statements'] },
    reason:
      'The catalogue has the fix show its cost in latency: a thousand clients ask at one instant and wait for 50 ' +
      'server connections, half of them for three seconds.',
  },
  {
    entries: ['waiting-reasons.broken'],
    from: 'unknown',
    to: { cause: 'none', notCauses: ['app-pool', 'slow-statements', 'lock-queue'] },
    reason:
      'Seed 001 calls the change "Zero risk (observability only)": what runs, and for how long, is the same in both ' +
      'variants, and who sees no reasons has nothing else to see.',
  },
  {
    entries: ['connection-storm.fixed'],
    from: 'none',
    to: { cause: 'login-storm', notCauses: ['app-pool', 'role-limit', 'held-transactions'] },
    reason:
      `${crowdWaits} Each still logs in for its request, now to the pooler, whose one core needs as long for it as ` +
      'the database did (its note says so): by the tap half of these logins take 3 s, and the wait for its 40 ' +
      'server connections comes behind them.',
  },
  {
    entries: ['connection-storm.pooled'],
    from: 'none',
    to: { cause: 'app-pool', notCauses: ['login-storm'] },
    reason: `${crowdWaits} Here they wait for the pools of the four replicas, all of which are in use.`,
  },
  {
    entries: ['tenant-quota.fixed'],
    from: 'none',
    to: { cause: 'unknown', notCauses: ['app-pool', 'slow-statements'] },
    reason:
      'The service holds back who is over the quota for three seconds. Half of the answers take that long, so ' +
      'nothing-is-wrong would be false, and only the service knows where they wait.',
  },
  {
    entries: ['waiting-tasks.broken', 'worker-scaling.broken', 'pool-saturation.forbidden-pages'],
    from: 'unknown',
    to: { cause: 'none', notCauses: ['app-pool', 'slow-statements', 'retry-storm'] },
    reason: insideTheQueue,
  },
  {
    entries: ['cache-stampede.broken', 'cache-stampede.each-miss'],
    from: 'n-plus-one',
    to: { cause: 'lock-queue', notCauses: ['slow-statements'] },
    reason:
      'In each variant, also the fixed one, which had this label from the first, sessions wait some 80 s for the row ' +
      'of the job. The question that is asked fifty times takes two seconds in all: it is work that need not be ' +
      'done, and what anybody waits for is the lock.',
  },
];

export const changedLabelOf = (entry: string): DiagnosisDeclaration | null =>
  changedLabels.find(({ entries }) => entries.includes(entry))?.to ?? null;
