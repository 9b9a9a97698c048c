/** Settings of the work inside the queue: what 001 found there, the defect and the remedy of each. */
import { choice, number, onOff } from './setting-types.ts';

const counters = {
  counterMode: choice('incremental', ['incremental', 'recount'], {
    says: "The trigger moves a job's counters by one, or counts all its tasks again (001, long-term 3).",
  }),
  counterReconcileSeconds: number(0, {
    says: 'How often the counters of open jobs are recounted, and mended where they drifted; 0: never (001).',
  }),
};

const priorities = {
  priorityMode: choice('no-op-detection', ['each-link', 'no-op-detection', 'debounced', 'notify'], {
    says:
      'A discovered link updates priorities always, only where they change, later and together by how high the ' +
      'priority is, or in batches by whoever listens for the notification (001).',
  }),
  priorityMediumDelayMs: number(7500, { says: 'How long medium priorities are gathered, debounced (001: 5 to 10 s).' }),
  priorityLowDelayMs: number(45_000, { says: 'How long low priorities are gathered, debounced (001: 30 to 60 s).' }),
  priorityBatchMs: number(5000, { says: 'How often notified priorities are written (001: each 5 s).' }),
  priorityListenRoute: choice('direct', ['direct', 'app-pool'], {
    says:
      'Notifications are listened for on a direct session, or on a connection of the app pool: behind a pooler in ' +
      'transaction mode that hears nothing, and says so to nobody.',
  }),
};

const cache = {
  cacheMode: choice('single-flight', ['each-miss', 'wait-then-load', 'single-flight'], {
    says:
      'On a miss job information is loaded by every worker, by every worker that has waited cacheWaitMs for the ' +
      'first one in vain (001: "Cache did not become available"), or once for all.',
  }),
  cacheWaitMs: number(50, { says: 'How long a worker waits for another to fill the cache, with wait-then-load.' }),
  cacheForNewJobs: onOff(false, {
    says: 'POST /jobs asks the cache for the new job, beside the worker that takes its first task (001: AddJob).',
  }),
  cacheTtlMs: number(30000, { says: 'How long cached job information is used.' }),
};

const waiting = {
  waitingMode: choice('timers', ['timers', 'polling'], {
    says: 'Waiting tasks become pending by a timer at their due time, or by polling alone (001, long-term 1).',
  }),
  waitingPollMs: number(500, { min: 10, says: 'How often waiting tasks that are due are looked for.' }),
  waitingTimerMaxSeconds: number(300, {
    says: 'A longer wait gets no timer and is left to the poll (001: 5 minutes).',
  }),
  waitingTimersRestored: onOff(true, {
    says: 'After a start the tasks that wait get their timers again; off: they are lost with the process (001, risks).',
  }),
  waitingReasons: choice('recorded', ['recorded', 'none'], {
    says: 'Each waiting task says why it waits, or none does (001, observability).',
  }),
  stuckTaskSeconds: number(600, {
    min: 1,
    says: 'A task that waits past its due time for this long is named in the log (001: p99 above 10 minutes).',
  }),
};

const claims = {
  jobConcurrency: number(0, {
    says: 'Tasks of one job that run at once; 0: no limit, and a claim looks at priorities alone.',
  }),
  claimCheck: choice('none', ['none', 'count', 'exists'], {
    says: 'Before a claim: nothing is asked, COUNT(*) of what could be claimed, or EXISTS (001).',
  }),
  claimPreCheck: onOff(false, { says: 'Before a claim: which job has capacity (jobHasCapacityTx of 001).' }),
  enqueueMode: choice('batch', ['batch', 'row-by-row'], {
    says: 'Discovered links become tasks by one INSERT, or by one for each (001).',
  }),
  claimIndexes: choice('usual', ['usual', 'covering', 'none'], {
    says: 'The index of what is pending is by priority, by job and priority, or there is none for claims (001).',
  }),
  orphanCleanup: onOff(true, {
    says: 'Tasks that were left open by jobs that have ended are failed, with the reason on them (001).',
  }),
};

const scaling = {
  scalingMode: choice('off', ['off', 'silent', 'decided'], {
    says:
      'The number of queue workers stays, or is looked at again and again: without a word and capped at what there ' +
      'was (001), or capped by the room in the app pool, each decision with its reason.',
  }),
  scalingEveryMs: number(1000, { min: 10, says: 'How often the number of queue workers is looked at.' }),
  scalingMinWorkers: number(4, { min: 1, says: 'Fewest queue workers of a replica, where they are scaled.' }),
  scalingMaxWorkers: number(30, { min: 1, says: 'Most queue workers of a replica, where they are scaled.' }),
};

export const work = { ...counters, ...priorities, ...cache, ...waiting, ...claims, ...scaling };
