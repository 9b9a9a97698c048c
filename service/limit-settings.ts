/** Settings that say who may use how much of the app pool, and what happens to whoever gets nothing of it. */
import { choice, number, onOff } from './setting-types.ts';

export const limits = {
  poolSizeFrom: choice('settings', ['settings', 'environment', 'cores'], {
    says:
      'Where the size of the app pool comes from: appPoolMax, the five DATABASE_ variables of 003, ' +
      'or four connections a core.',
  }),
  batchPoolMax: number(0, {
    says:
      'Connections of a second pool, under a role of its own, for queue workers alone; 0: they share the app pool ' +
      '(000).',
  }),
  tenantConnections: number(0, {
    says:
      'Connections of a pool that one tenant may hold at once; what is beyond waits in its own line; 0: no limit ' +
      '(000).',
  }),
  poolSaturatedError: onOff(false, {
    says: 'An acquisition that timed out is called ErrPoolSaturated and answered with 429 (000), not with 503.',
  }),
  claimMode: choice('statement', ['statement', 'transaction'], {
    says:
      'A task is claimed by one statement, or in a transaction that stays open while a second connection reads the ' +
      "task's job.",
  }),
  watchdogFloorSeconds: number(30, {
    min: 5,
    says: "However short the profile's time scale makes it, the watchdog waits at least this long.",
  }),
};
