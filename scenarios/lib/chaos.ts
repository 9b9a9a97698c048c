import type { Options } from 'k6/options';
import type { CriterionDeclaration, EnvironmentDeclaration, SettingValues } from './declaration.ts';
import { defineScenario } from './define.ts';

/** Families that clients may see while pooler or database is away, until they have connected anew. */
export const whileAway = [
  'connection-lost',
  'server-restart',
  'connect-refused',
  'connect-timeout',
  'pooler-down',
  'pool-wait',
  'pooler-wait',
];

/** What differs between chaos scenarios: what breaks, for how long, and what that may cost. */
export interface ChaosDeclaration {
  id: string;
  title: string;
  purpose: string;
  /** Id of the fault; null for the control, the same load with nothing broken. */
  fault: string | null;
  with?: Record<string, string | number | boolean>;
  holdSeconds: number;
  /** Families of errors that clients may see while it lasts. */
  allowedErrors: string[];
  /** From the revert to the last bad observation. */
  recoverySeconds: number;
  /** What it may do meanwhile; null for the control, which does none. */
  harm: HarmDeclaration | null;
  /** What configuration alone makes recovery take at least. */
  floors?: { name: string; seconds: number }[];
  stack?: EnvironmentDeclaration['stack'];
  service?: SettingValues;
  criteria?: CriterionDeclaration[];
}

/**
 * The most that a fault may do to people and to the work. A bound follows from what the fault takes away and from what
 * configuration adds to it, never from what was measured; each scenario says its reason.
 */
interface HarmDeclaration {
  /** Of the requests that end while it is in force so many may fail; 100: whatever needs what was broken. */
  failedPercent: number;
  /** For how long that share may fail: with the share, the error-seconds that are allowed. */
  forSeconds: number;
  /** The longest that any task may start after it was due. */
  lateSeconds: number;
}

/** server_login_retry is 15 s by default and would quantise every recovery; a second shows the service instead. */
const serverLoginRetrySeconds = 1;
/** Short enough that a paused pooler shows its own error within a smoke run. */
const queryWaitTimeoutSeconds = 10;

/** Lease and limits that let a fault of seconds be felt and overcome within a smoke run. */
const quickToGiveUp: SettingValues = {
  taskLeaseSeconds: 3,
  connectionTimeoutMillis: 3000,
  queryTimeoutMillis: 5000,
  crawlTimeoutMs: 5000,
};

/** Where all may fail, the share cannot be broken: for how long is what is judged. */
const shareBound = (failedPercent: number): CriterionDeclaration =>
  failedPercent >= 100
    ? { id: 'failed-share', notApplicable: 'whatever needs what was broken may fail; error-seconds says for how long' }
    : { id: 'failed-share', value: failedPercent, comparator: '<=' };

const harmBounds = ({ failedPercent, forSeconds, lateSeconds }: HarmDeclaration): CriterionDeclaration[] => [
  shareBound(failedPercent),
  { id: 'error-seconds', value: (failedPercent * forSeconds) / 100, comparator: '<=' },
  { id: 'late-work', value: lateSeconds, comparator: '<=' },
];

/**
 * Criteria of a healthy stretch that a fault in force makes meaningless; loss, corruption and recovery are judged
 * instead.
 */
const judgedElsewhere = ({ holdSeconds, recoverySeconds, harm }: ChaosDeclaration): CriterionDeclaration[] => [
  ...(harm === null ? [] : harmBounds(harm)),
  { id: 'steady-before' },
  { id: 'recovery', value: recoverySeconds },
  { id: 'allowed-errors' },
  { id: 'pool-recovers' },
  { id: 'connections-return' },
  { id: 'replica-deaths' },
  { id: 'goodput', notApplicable: 'requests fail while the fault is in force; `allowed-errors` says which may' },
  { id: 'pooler-errors', notApplicable: 'the pooler logs errors while the fault is in force' },
  // Loaded time is at least 3 + (hold + 1) + 9 s, so that this bound can be broken.
  { id: 'target-alive', value: holdSeconds + recoverySeconds },
];

/** Steady load, a fault in the middle, load kept on while it recovers, so that a collapse that feeds itself shows. */
export const defineChaos = (chaos: ChaosDeclaration): Options =>
  defineScenario({
    schema: 'pgsurge.scenario/1',
    id: chaos.id,
    group: 'chaos',
    title: chaos.title,
    purpose: chaos.purpose,
    seeds: [],
    environment: {
      route: 'pooler',
      replicas: 2,
      stack: { proxies: true, ...chaos.stack },
      pooler: { serverLoginRetrySeconds, queryWaitTimeoutSeconds },
      service: { ...quickToGiveUp, ...chaos.service },
    },
    load: {
      phases: [
        { name: 'warm-up', kind: 'warmup', fullSeconds: 60, floorSeconds: 2, activeJobs: 8 },
        { name: 'before', kind: 'steady', fullSeconds: 300, floorSeconds: 3, activeJobs: 8 },
        { name: 'fault', kind: 'steady', fullSeconds: 60, floorSeconds: chaos.holdSeconds + 1, activeJobs: 8 },
        { name: 'recovery', kind: 'recovery', fullSeconds: 600, floorSeconds: 9, activeJobs: 8 },
      ],
      interactivePerSecond: 20,
    },
    steps:
      chaos.fault === null
        ? []
        : [
            {
              phase: 'fault',
              atSeconds: 0,
              do: 'inject',
              fault: chaos.fault,
              with: chaos.with ?? {},
              holdSeconds: chaos.holdSeconds,
            },
          ],
    variants: [{ name: 'healthy', title: 'The healthy service', expected: 'pass' }],
    criteria:
      chaos.fault === null
        ? [
            { id: 'connection-timeouts' },
            { id: 'pool-recovers' },
            { id: 'connections-return' },
            { id: 'replica-deaths' },
          ]
        : [...judgedElsewhere(chaos), ...(chaos.criteria ?? [])],
    expectation: {
      allowedErrors: chaos.allowedErrors,
      recoverySeconds: chaos.recoverySeconds,
      floors: [
        { name: 'server_login_retry', seconds: serverLoginRetrySeconds },
        { name: 'query_wait_timeout', seconds: queryWaitTimeoutSeconds },
        { name: 'task lease', seconds: 3 },
        ...(chaos.floors ?? []),
      ],
    },
  });
