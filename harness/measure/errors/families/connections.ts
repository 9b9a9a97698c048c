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
    id: 'elsewhere',
    title: 'Another system than the database did not answer',
    outcome: 'unknown',
    causes: ['a cache, a queue, an HTTP service or an exporter of metrics that is down, slow, or dialled wrongly'],
    nextStep: 'See that system, by its name or port in the words. No pool or time-out of the database changes it.',
  },
  {
    id: 'host-limits',
    title: 'This machine has no local port or file handle left',
    outcome: 'not-executed',
    causes: ['connections opened and closed too fast, or never closed', 'a low limit of open files'],
    nextStep: 'Keep connections open in one pool per process; count sockets (TIME_WAIT) and open files of the process.',
  },
  {
    id: 'connection-busy',
    title: 'Two used one connection at once',
    outcome: 'not-executed',
    causes: ['one connection shared by concurrent work', 'a result that was not read to its end'],
    nextStep: 'Give each piece of concurrent work a connection of its own, from the pool.',
  },
  {
    id: 'client-gone',
    title: 'The client left in the midst',
    outcome: 'unknown',
    causes: ['a client that stopped waiting and dropped its connection', 'a client that died'],
    nextStep:
      "Set the server's statement_timeout below the client's limit, or cancel before leaving: else the statement " +
      'runs on, and a pooler must close the server connection under it.',
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
      "the other side's idle timeout is below the app pool's",
    ],
    nextStep:
      'Find what runs between BEGIN and COMMIT that is no query; let the pool close idle connections before ' +
      'the server does.',
  },
];
