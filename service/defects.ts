/** Settings of the groups defect and plant, off by default. Each acts by its real mechanism. */
import { number, onOff } from './setting-types.ts';

export const defects = {
  dropEveryNthWrite: number(0, {
    says: 'Plant: of every N writes one note is acknowledged before its transaction, which then never commits; 0: off.',
  }),
  ackBeforeCommit: onOff(false, {
    says:
      'Defect: a write is answered at once and committed a little later, to gather several (I1); ' +
      'shows where the database or the replica dies.',
  }),
  effectTwiceEveryN: number(0, {
    says: 'Plant: every Nth completion writes the effect of its task twice; 0: off (I4).',
  }),
  effectOutsideTransaction: onOff(false, {
    says:
      "Defect: a task's effect commits on its own, before the completion (I4); " +
      'shows where a replica freezes past its lease.',
  }),
  claimWithoutLock: onOff(false, {
    says:
      'Defect: a task is chosen without FOR UPDATE SKIP LOCKED and taken without looking again (I6); ' +
      'shows where tasks fall due together (domainDelayMs 0).',
  }),
  noStateGuard: onOff(false, {
    says:
      'Defect: a completion does not ask whether it still holds the claim (I9); ' +
      'shows where a replica freezes past its lease.',
  }),
  noRescue: onOff(false, { says: 'Defect: tasks whose lease ran out are not taken back (I7).' }),
  counterReadModifyWrite: onOff(false, {
    says:
      'Defect: completed_tasks is read, raised in the service and written back (I8); ' +
      'shows where pages of a job end together (domainDelayMs 0).',
  }),
  scheduleWithoutKey: onOff(false, {
    says:
      'Defect: each replica keeps its own place in a schedule and no key stops a tick from being dispatched ' +
      'twice (I10).',
  }),
  blindRetry: onOff(false, {
    says: 'Defect: a write of unknown outcome is tried again as if it had not happened (I4).',
  }),
  noPoolErrorHandler: onOff(false, {
    says: "Defect: nobody listens to the app pool's error event, so a lost idle connection ends the process.",
  }),
  missingRelease: onOff(false, { says: 'Defect: a connection is not given back when its query fails (I13).' }),
  leakConnectionEveryN: number(0, {
    says: 'Plant: every Nth dashboard request keeps its connection for ever; 0: off (I13).',
  }),
  slowQueryMs: number(0, { says: 'Plant: the queries of dashboard and report take this much longer in the database.' }),
  duplicatesRowByRow: onOff(false, {
    says:
      "Plant: whether a page's content is known is asked of each task of the job by itself, instead of once by its " +
      'hash (N+1).',
  }),
  holdTransactionDuringCrawl: onOff(false, {
    says: "Plant: the claim's transaction stays open while its task crawls (000, 004 issue 1).",
  }),
  leakMemoryBytesPerRequest: number(0, { says: 'Plant: bytes that each request leaves behind.' }),
  burnCpuMsPerRequest: number(0, { says: 'Plant: ms of CPU that each request burns.' }),
  plantsFromSeconds: number(0, {
    says:
      'slowQueryMs, leakMemoryBytesPerRequest and burnCpuMsPerRequest act from this second of a replica on, ' +
      'since a defect may begin late.',
  }),
  plantsUntilSeconds: number(0, { says: 'And they act up to this second; 0: to the end.' }),
  routesMoved: onOff(false, {
    says: 'Defect: all routes stand under /v2, as after a release that moved them: callers of the old ones get 404.',
  }),
  preparedStatements: onOff(false, {
    says: 'Named prepared statements, which a pooler in transaction mode before 1.21 loses (26000).',
  }),
};
