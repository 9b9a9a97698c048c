/** PgBouncer's log: what it says of a client or server connection, and which of it is an error. */
import { classifyError } from '../../measure/errors/classify.ts';
import type { EventReading } from '../../measure/logs/event-error.ts';
import type { LogEvent } from '../../measure/logs/log-event.ts';

/** Whose connection it is, which stands before the words. */
const subject = /^(?:[CS]-0x[0-9a-f]+: \S+ )?(?:pooler error: )?/;

/** WARNINGs of its own doings, which harm nobody. All others count, known or not. */
const harmless = [
  /taking connection from reserve_pool/,
  /apparently running under systemd/,
  /sockets passed from service manager/,
  /Online restart is deprecated/,
  /TCP_DEFER_ACCEPT/,
  /dropping database .* as it does not exist anymore or inactive auto-database/,
];

const words = ({ message }: LogEvent): string => message.replace(subject, '');

/** WARNING and above. Lines with `closing because:` repeat them at level LOG. */
export const readLogEvent = (event: LogEvent): EventReading => {
  if (event.level === null) return 'unknown';
  if (event.level === 'info' || event.level === 'debug') return 'none';
  const text = words(event);
  return harmless.some((pattern) => pattern.test(text)) ? 'none' : { ...classifyError(text), text };
};

/** Told at level LOG; each time the server connection under that client is closed too. */
export const isClientGone = ({ message }: LogEvent): boolean => /closing because: client disconnect/.test(message);
