/**
 * One port before the replicas. Requests go round robin to those whose /ready says yes, and to another one where no
 * connection can be made. A request that was sent is never tried a second time.
 * Environment: HOST, PORT, PGSURGE_REPLICA_URLS (comma-separated),
 * PGSURGE_REPLICAS (how many of these URLs are used; all by default), PGSURGE_READY_PATH (/ready by default; empty: a
 * replica is ready once it takes connections), PGSURGE_READY_EVERY_MS.
 */
import {
  Agent,
  createServer,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { connect } from 'node:net';
import { messageOf, processLog as log } from './log.ts';

interface Replica {
  host: string;
  port: number;
  number: number;
  ready: boolean;
  agent: Agent;
}

const checkEveryMs = Number(process.env['PGSURGE_READY_EVERY_MS'] ?? 150);
/** Of a replica that has not been ready yet: whoever starts the service waits for this. */
const firstCheckEveryMs = Math.min(40, checkEveryMs);
const readyPath = process.env['PGSURGE_READY_PATH'] ?? '/ready';
const checkLimitMs = 1000;
/** A replica that is slow or gone must not hold a request for ever. */
const requestLimitMs = 60_000;

const replicaAt = (url: string, number: number): Replica => {
  const { hostname, port } = new URL(url);
  return {
    host: hostname,
    port: Number(port),
    number,
    ready: false,
    agent: new Agent({ keepAlive: true, maxSockets: 512, scheduling: 'fifo' }),
  };
};

const takesConnections = ({ host, port }: Replica): Promise<boolean> =>
  new Promise((resolve) => {
    const end = (takes: boolean): void => {
      socket.destroy();
      resolve(takes);
    };
    const socket = connect({ host, port, timeout: checkLimitMs });
    socket.on('connect', () => end(true));
    socket.on('timeout', () => end(false));
    socket.on('error', () => end(false));
  });

const isReady = ({ host, port }: Replica): Promise<boolean> =>
  new Promise((resolve) => {
    // A connection of its own: a check must not wait behind requests.
    const check = httpRequest({ host, port, path: readyPath, agent: false, timeout: checkLimitMs }, (answer) => {
      answer.resume();
      const status = answer.statusCode ?? 0;
      resolve(status >= 200 && status < 300);
    });
    check.on('timeout', () => check.destroy());
    check.on('error', () => resolve(false));
    check.end();
  });

const watch = (replica: Replica): void => {
  let everyMs = firstCheckEveryMs;
  const check = async (): Promise<void> => {
    const ready = await (readyPath === '' ? takesConnections(replica) : isReady(replica));
    if (ready !== replica.ready)
      log.info(`replica ${replica.number} ${ready ? 'takes requests' : 'takes no requests'}`);
    replica.ready = ready;
    if (ready) everyMs = checkEveryMs;
    setTimeout(() => void check(), everyMs);
  };
  void check();
};

/** Answers of the front's own, by the second and status: those of replicas are theirs to count. */
const ownAnswers = new Map<string, { atMs: number; status: number; count: number }>();

const countOwn = (status: number): void => {
  const atMs = Math.floor(Date.now() / 1000) * 1000;
  const key = `${atMs} ${status}`;
  const counted = ownAnswers.get(key) ?? { atMs, status, count: 0 };
  counted.count += 1;
  ownAnswers.set(key, counted);
};

const answer = (response: ServerResponse, status: number, message: string): void => {
  if (response.headersSent || response.destroyed) return void response.destroy();
  countOwn(status);
  response.writeHead(status, { 'content-type': 'application/json' }).end(
    JSON.stringify({
      error: {
        family: status === 503 ? 'no-replica' : 'replica-lost',
        message,
        outcome: status === 503 ? 'not-executed' : 'unknown',
      },
    }),
  );
};

type Rotation = (tried: ReadonlySet<Replica>) => Replica | undefined;

/** Gives the next ready replica that was not tried yet. */
const rotation = (replicas: readonly Replica[]): Rotation => {
  let turn = 0;
  return (tried) => {
    for (let step = 0; step < replicas.length; step += 1) {
      turn = (turn + 1) % replicas.length;
      const replica = replicas[turn] as Replica;
      if (replica.ready && !tried.has(replica)) return replica;
    }
    return undefined;
  };
};

const openOnward = ({ host, port, agent, number }: Replica, request: IncomingMessage): ClientRequest => {
  const { method, url: path, headers } = request;
  const onward = httpRequest({ host, port, agent, method, path, headers, timeout: requestLimitMs });
  onward.on('timeout', () =>
    onward.destroy(new Error(`replica ${number} did not answer within ${requestLimitMs / 1000} s`)),
  );
  return onward;
};

const giveBack = (reply: IncomingMessage, response: ServerResponse): void => {
  const { connection: _, 'keep-alive': __, ...headers } = reply.headers;
  response.writeHead(reply.statusCode ?? 502, headers);
  reply.pipe(response);
  reply.on('error', () => response.destroy());
};

/** Sends the request to one replica. `unsent` is called where no connection could be made, so nothing was sent. */
const forwardTo = (replica: Replica, request: IncomingMessage, response: ServerResponse, unsent: () => void): void => {
  const onward = openOnward(replica, request);
  let connected = false;
  onward.on('socket', (socket) => {
    // A kept socket is connected already; its loss after this instant leaves the outcome open.
    const begin = (): void => {
      connected = true;
      request.pipe(onward);
    };
    if (socket.connecting) socket.once('connect', begin);
    else begin();
  });
  onward.on('response', (reply) => giveBack(reply, response));
  onward.on('error', (error) => {
    if (!connected) return unsent();
    if (!response.writableEnded) answer(response, 502, messageOf(error));
  });
  response.on('close', () => {
    if (!response.writableEnded) onward.destroy();
  });
};

const answerReady = (replicas: readonly Replica[], response: ServerResponse): void => {
  const ready = replicas.filter((replica) => replica.ready).length;
  response
    .writeHead(ready > 0 ? 200 : 503, { 'content-type': 'application/json' })
    .end(JSON.stringify({ ready, replicas: replicas.length, answered: [...ownAnswers.values()] }));
};

const createFront = (replicas: readonly Replica[]): ((request: IncomingMessage, response: ServerResponse) => void) => {
  const next = rotation(replicas);
  const forward = (request: IncomingMessage, response: ServerResponse, tried: Set<Replica>): void => {
    const replica = next(tried);
    if (replica === undefined) return answer(response, 503, 'no replica takes requests; see the log of the service');
    tried.add(replica);
    forwardTo(replica, request, response, () => {
      replica.ready = false;
      forward(request, response, tried);
    });
  };
  return (request, response) => {
    if (request.url === '/front/ready') answerReady(replicas, response);
    else forward(request, response, new Set());
  };
};

const urls = (process.env['PGSURGE_REPLICA_URLS'] ?? '').split(',').filter((url) => url !== '');
const replicas = urls.slice(0, Number(process.env['PGSURGE_REPLICAS'] ?? urls.length)).map(replicaAt);
if (replicas.length === 0) {
  log.error('PGSURGE_REPLICA_URLS is not set; give the URLs of the replicas, comma-separated');
  process.exit(1);
}
const server = createServer({ keepAliveTimeout: 75_000 }, createFront(replicas));
const host = process.env['HOST'] ?? '127.0.0.1';
const port = Number(process.env['PORT'] ?? 8080);
server.on('error', (error) => {
  log.error(`front: ${messageOf(error)}`);
  process.exit(1);
});
server.listen(port, host, () => log.info(`front on ${host}:${port}, replicas: ${replicas.length}`));
for (const replica of replicas) watch(replica);
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  setTimeout(() => process.exit(0), 5000).unref();
});
