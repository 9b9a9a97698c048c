import { sayingOf } from '../../measure/errors/translated.ts';
import type { LogEvent } from '../../measure/logs/log-event.ts';

const waiting = sayingOf('process %d still waiting for %s on %s after %ld.%03d ms');

/** A wait for a lock beyond deadlock_timeout is logged as LOG: no error, but its DETAIL names who holds the lock. */
export const isLockWait = ({ message }: LogEvent): boolean => waiting.test(message);
