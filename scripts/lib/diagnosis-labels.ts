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
];

export const changedLabelOf = (entry: string): DiagnosisDeclaration | null =>
  changedLabels.find(({ entries }) => entries.includes(entry))?.to ?? null;
