/**
 * The tap without its reading: the same sockets joined by the same code, and nothing looked at. Called like `pgsurge
 * tap`. What it takes is the floor of a proxy in Node.
 */
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { parseArgs } from 'node:util';
import { join } from '../../harness/tap/proxy/pump.ts';
import { dialPlain, upstreamOf } from '../../harness/tap/proxy/upstream.ts';

const { values } = parseArgs({
  allowPositionals: true,
  options: { upstream: { type: 'string' }, listen: { type: 'string' }, 'metrics-port': { type: 'string' } },
});

const ignore = (): void => undefined;
const upstream = upstreamOf(values.upstream!);
const unheard = { onChunk: ignore, onEnd: ignore };

createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (client) => {
  client.on('error', ignore);
  const joined = dialPlain(upstream).then((server) => {
    server.on('error', ignore);
    join({ client, server, first: Buffer.alloc(0), fromClient: unheard, fromServer: unheard, onSocket: ignore });
  });
  joined.catch(() => client.destroy());
}).listen(Number(values.listen), '127.0.0.1');
// So that it is waited for like the tap.
createHttpServer((_, response) => response.end()).listen(Number(values['metrics-port']), '127.0.0.1');
