/**
 * One port before the replicas: round robin over those whose /ready says yes, another one where a
 * connection cannot be made, never a second try of a request that was sent.
 * Environment: HOST, PORT, PGSURGE_REPLICA_URLS (comma-separated), PGSURGE_REPLICAS (the first so many; all by default).
 */
import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { messageOf, processLog as log } from './log.ts';

interface Replica {
  host: string;
  port: number;
  number: number;
  ready: boolean;
  agent: Agent;
}

const checkEveryMs = 150;
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

const isReady = ({ host, port }: Replica): Promise<boolean> =>
  new Promise((resolve) => {
    // A connection of its own: a check must not wait behind requests.
    const check = httpRequest({ host, port, path: '/ready', agent: false, timeout: checkLimitMs }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    check.on('timeout', () => check.destroy());
    check.on('error', () => resolve(false));
    check.end();
  });

const watch = (replica: Replica): void => {
  const check = async (): Promise<void> => {
    const ready = await isReady(replica);
    if (ready !== replica.ready)
      log.info(`replica ${replica.number} ${ready ? 'takes requests' : 'takes no requests'}`);
    replica.ready = ready;
    setTimeout(() => void check(), checkEveryMs);
  };
  void check();
};

const answer = (response: ServerResponse, status: number, message: string): void => {
  if (response.headersSent) return void response.destroy();
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

const createFront = (replicas: readonly Replica[]): ((request: IncomingMessage, response: ServerResponse) => void) => {
  let turn = 0;
  const next = (tried: ReadonlySet<Replica>): Replica | undefined => {
    for (let step = 0; step < replicas.length; step += 1) {
      turn = (turn + 1) % replicas.length;
      const replica = replicas[turn] as Replica;
      if (replica.ready && !tried.has(replica)) return replica;
    }
    return undefined;
  };
  const forward = (request: IncomingMessage, response: ServerResponse, tried: Set<Replica>): void => {
    const replica = next(tried);
    if (replica === undefined) return answer(response, 503, 'no replica takes requests; see the log of the service');
    tried.add(replica);
    const { host, port, agent } = replica;
    let connected = false;
    const onward = httpRequest({
      host,
      port,
      agent,
      method: request.method,
      path: request.url,
      headers: request.headers,
      timeout: requestLimitMs,
    });
    onward.on('socket', (socket) => {
      // A kept socket is connected already; its loss after this instant leaves the outcome open.
      const begin = (): void => {
        connected = true;
        request.pipe(onward);
      };
      if (socket.connecting) socket.once('connect', begin);
      else begin();
    });
    onward.on('response', (reply) => {
      const { connection: _, 'keep-alive': __, ...headers } = reply.headers;
      response.writeHead(reply.statusCode ?? 502, headers);
      reply.pipe(response);
      reply.on('error', () => response.destroy());
    });
    onward.on('timeout', () =>
      onward.destroy(new Error(`replica ${replica.number} did not answer within ${requestLimitMs / 1000} s`)),
    );
    onward.on('error', (error) => {
      if (!connected) {
        replica.ready = false;
        return forward(request, response, tried);
      }
      if (!response.writableEnded) answer(response, 502, messageOf(error));
    });
    response.on('close', () => {
      if (!response.writableEnded) onward.destroy();
    });
  };
  return (request, response) => {
    if (request.url === '/front/ready') {
      const ready = replicas.filter((replica) => replica.ready).length;
      return void response
        .writeHead(ready > 0 ? 200 : 503, { 'content-type': 'application/json' })
        .end(JSON.stringify({ ready, replicas: replicas.length }));
    }
    forward(request, response, new Set());
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
