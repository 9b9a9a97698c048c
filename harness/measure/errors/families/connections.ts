/** Connections that broke, were never made, or were ended. */
import type { ErrorFamily } from '../error-family.ts';

export const connectionFamilies: readonly ErrorFamily[] = [
  {
    id: 'server-restart',
    title: 'Postgres is restarting, or ended the session',
    outcome: 'unknown',
    causes: ['restart, failover or crash recovery', 'pg_terminate_backend by an administrator'],
    nextStep:
      'Retry with a pause and an idempotency key: a COMMIT in flight may have succeeded. The pool needs an ' +
      'error handler, and must drop the dead connection.',
  },
  {
    id: 'connection-lost',
    title: 'The connection broke',
    outcome: 'unknown',
    causes: [
      'the pooler or Postgres went away',
      'the network or a NAT dropped it',
      'an idle connection was closed on the other side',
    ],
    nextStep:
      'Treat writes in flight as unknown: look the key up, or repeat with the same idempotency key. Check ' +
      'keepalive and idle timeouts along the path.',
  },
  {
    id: 'connect-refused',
    title: 'Nobody listens there',
    outcome: 'not-executed',
    causes: ['the server or pooler is down or still starting', 'a wrong host or port'],
    nextStep: 'Check that the address answers (pgsurge doctor); retry with a pause.',
  },
  {
    id: 'connect-timeout',
    title: 'Logging in took too long',
    outcome: 'not-executed',
    causes: [
      'too many logins at once (thundering herd)',
      'packets vanish between client and server',
      'a frozen server or pooler',
    ],
    nextStep:
      'Warm the pool before the workers start and stagger them; compare the connect timeout with the measured ' +
      'login time.',
  },
  {
    id: 'client-timeout',
    title: 'The client stopped waiting',
    outcome: 'unknown',
    causes: ['a slow statement, a lock, or a frozen link', "a client timeout shorter than the server's"],
    nextStep:
      "Set the server's statement_timeout below the client's, so that the outcome is known; repeat writes only " +
      'with an idempotency key.',
  },
  {
    id: 'idle-timeout',
    title: 'Postgres or the pooler ended an idle session',
    outcome: 'rolled-back',
    causes: [
      'a transaction was left open while the program did something else',
      "idle_session_timeout below the pool's idle timeout",
    ],
    nextStep:
      'Find what runs between BEGIN and COMMIT that is no query; let the pool close idle connections before ' +
      'the server does.',
  },
];
