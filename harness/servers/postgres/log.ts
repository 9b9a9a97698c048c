import type { LogEvent } from '../../measure/logs/log-event.ts';

/** A wait for a lock beyond deadlock_timeout is logged as LOG: no error, but its DETAIL names who holds the lock. */
export const isLockWait = ({ message }: LogEvent): boolean =>
  /^process \d+ still waiting for \w+Lock on /.test(message);
