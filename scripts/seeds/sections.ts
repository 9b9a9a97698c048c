/**
 * The five source documents, stretch by stretch: which scenario re-enacts what is said there, or why nothing does.
 * A stretch begins at its line and ends where the next one begins. Data, read by `document.ts`.
 */

export interface Stretch {
  fromLine: number;
  /** Scenarios and documents in which it is measured; none: see `why`. */
  scenarios?: readonly string[];
  /** Why a line there is no claim, or what is not there yet. */
  why?: string;
}

const at = (fromLine: number, ...scenarios: string[]): Stretch => ({ fromLine, scenarios });
const not = (fromLine: number, why: string): Stretch => ({ fromLine, why });

const heading = 'heading, date or reference: it says nothing that could be measured';
const plan = 'a plan, an owner or an effort: it says nothing of how the system behaves';
const replica = 'not there yet: reads on a streaming replica (replica-routing)';
const broker = 'not there yet: events in a real broker (option C)';
const dashboard =
  'not there as a dashboard: the report and `pgsurge doctor` show these figures, Prometheus rules the alerts';

export const stretches: Readonly<Record<string, readonly Stretch[]>> = {
  '000': [
    not(1, heading),
    at(6, 'pool-saturation', 'admission-control'),
    at(21, 'pool-saturation'),
    at(34, 'pool-saturation', 'admission-control'),
    at(47, 'connection-classes'),
    not(53, replica),
    at(56, 'tenant-quota'),
    at(59, 'connection-storm'),
    at(63, 'pool-saturation'),
    not(70, heading),
  ],
  '001': [
    at(1, 'baseline', '2x', '5x', 'burst'),
    at(14, '5x', 'burst'),
    at(16, 'orphaned-tasks'),
    at(18, '5x'),
    at(23, 'pool-resize'),
    at(35, 'task-claim'),
    at(45, 'worker-scaling'),
    at(59, 'waiting-reasons'),
    at(73, '5x'),
    not(83, plan),
    at(89, 'priority-storm'),
    at(116, 'cache-stampede'),
    at(151, 'waiting-tasks'),
    not(191, plan),
    at(197, 'priority-storm'),
    not(233, plan),
    at(239, 'counter-triggers'),
    not(274, plan),
    at(281, 'baseline', '2x', '5x', 'burst'),
    not(305, dashboard),
    at(337, 'pool-resize', 'worker-scaling', 'waiting-reasons', 'task-claim'),
    at(351, 'priority-storm', 'cache-stampede'),
    at(367, 'priority-storm', 'waiting-tasks', 'counter-triggers'),
    at(381, 'orphaned-tasks'),
    not(388, plan),
  ],
  '002': [
    not(1, heading),
    at(10, 'topology-direct'),
    at(24, 'topology-direct', 'pooler-role-limit', 'multiplexing'),
    at(64, 'topology-direct', 'multiplexing'),
    at(97, 'topology-direct'),
    at(134, 'canary-rollout'),
    at(150, 'topology-direct'),
    at(159, 'role-limit-live', 'topology-direct'),
    not(211, broker),
    at(288, 'topology-direct'),
    at(330, 'canary-rollout'),
    at(400, 'role-limit-live'),
    not(443, broker),
    not(457, dashboard),
    not(511, 'queries: shipped corrected, as files, in harness/collect/sql/seeds'),
    not(539, plan),
    not(563, plan),
    at(591, 'topology-direct'),
    not(601, plan),
  ],
  '003': [
    not(1, heading),
    at(11, 'small-pool'),
    at(107, 'small-pool'),
    not(115, heading),
    at(118, 'small-pool'),
    not(140, heading),
  ],
  '004': [
    not(1, heading),
    at(8, 'thundering-herd', 'duplicate-schedules', 'queue-concurrency'),
    at(20, 'thundering-herd'),
    at(60, 'duplicate-schedules'),
    at(137, 'queue-concurrency'),
    at(204, 'long-transactions'),
    at(239, 'queue-concurrency'),
    at(250, 'silent-growth'),
    at(266, 'thundering-herd', 'duplicate-schedules', 'queue-concurrency'),
    at(302, 'queue-concurrency', 'idle-session-timeout', 'silent-growth'),
    not(344, heading),
    not(353, plan),
  ],
};
