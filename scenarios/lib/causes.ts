/**
 * What a diagnosis may name. A scenario declares for each variant which of these a tool must name that sees only a
 * stranger's sources. The label is written from the seed, before any code answers the question.
 */
export const causeIds = [
  'held-transactions',
  'connection-leak',
  'nested-checkout',
  'app-pool',
  'pool-over-slots',
  'foreign-slots',
  'role-limit',
  'pooler-pool',
  'pooler-client-limit',
  'pool-mode',
  'lock-queue',
  'slow-statements',
  'n-plus-one',
  'database-cpu',
  'database-io',
  'service-cpu',
  'pooler-cpu',
  'login-storm',
  'impatient-clients',
  'idle-timeout',
  'part-restarted',
  'retry-storm',
  'duplicate-schedules',
  'connect-failures',
  'generator',
  'closed-loop-stall',
  'cold-start',
  'wrong-target',
  'wrong-data',
  'none',
  'unknown',
] as const;

export type CauseId = (typeof causeIds)[number];

/** The right answer of a diagnosis, and answers that would be wrong. */
export interface DiagnosisDeclaration {
  /** Must be named first. `none`: nothing is wrong, so nothing may be named. */
  cause: CauseId;
  /** Tempting and wrong: none of these may be named. */
  notCauses?: readonly CauseId[] | null;
}
