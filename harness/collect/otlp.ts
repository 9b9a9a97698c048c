/** OTLP/HTTP receiver for metrics (protobuf or JSON, gzip or not), on loopback: k6, the service, and any instrumented service of the user's. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { environmentError, messageOf } from '../errors.ts';
import { freePorts, releasePorts } from '../system/ports.ts';
import type { Sink } from './collector.ts';
import { decodeJson, decodeProtobuf, type MetricsRequest } from './otlp-descriptor.ts';
import { openPoints } from './otlp-points.ts';

export interface OtlpReceiver extends AsyncDisposable {
  /** Base: senders add `/v1/metrics`. */
  readonly url: string;
  readonly port: number;
  /** Requests taken, and requests that could not be read. */
  readonly taken: number;
  readonly unreadable: number;
}

/** Without a word of any sender for so long, nobody is going to send. */
const silentLimitMs = 10_000;
const largestBody = 16 * 1024 * 1024;
const sourceName = 'otlp';
const unzip = promisify(gunzip);

class TooLarge extends Error {}

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > largestBody) throw new TooLarge(`a body of more than ${largestBody} bytes`);
    parts.push(part);
  }
  const body = Buffer.concat(parts);
  return request.headers['content-encoding'] === 'gzip' ? unzip(body, { maxOutputLength: largestBody }) : body;
};

/** OpenTelemetry calls a service that has no name after its program's path. */
const nameOf = (sender: string): string =>
  sender === '' || sender.startsWith('unknown_service') ? 'a service without service.name' : sender;

const isJson = (request: IncomingMessage): boolean =>
  (request.headers['content-type'] ?? '').startsWith('application/json');
const decode = (request: IncomingMessage, body: Buffer): MetricsRequest =>
  isJson(request) ? decodeJson(body.toString('utf8')) : decodeProtobuf(body);

const answer = (request: IncomingMessage, response: ServerResponse, status: number, message = ''): void => {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'content-type': status === 200 && !isJson(request) ? 'application/x-protobuf' : 'application/json',
  });
  response.end(status !== 200 ? JSON.stringify({ message }) : isJson(request) ? '{}' : '');
};

/** On `port`, or on a free one below the ephemeral range. A body that cannot be read is answered 400, counted and said. */
export const startOtlpReceiver = async (sink: Sink, options: { port?: number } = {}): Promise<OtlpReceiver> => {
  const points = openPoints(sink);
  const counts = { taken: 0, unreadable: 0 };
  const senders = new Set<string>();
  const refuse = (request: IncomingMessage, response: ServerResponse, error: unknown): void => {
    counts.unreadable += 1;
    sink.source(
      sourceName,
      false,
      `${counts.unreadable} requests could not be read, the last one since ${messageOf(error)}`,
    );
    answer(request, response, error instanceof TooLarge ? 413 : 400, messageOf(error));
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== 'POST' || request.url !== '/v1/metrics') {
      request.resume();
      return answer(request, response, 404, 'only POST /v1/metrics is here');
    }
    try {
      senders.add(nameOf(points.take(decode(request, await readBody(request)))));
      counts.taken += 1;
      sink.source(sourceName, true, `metrics of ${[...senders].sort().join(', ')}`);
      answer(request, response, 200);
    } catch (error) {
      refuse(request, response, error);
    }
  };
  const server = createServer((request, response) => void handle(request, response));
  const [free] = options.port === undefined ? await freePorts(1) : [options.port];
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        environmentError(
          `metrics cannot be received on 127.0.0.1:${free}: ${messageOf(error)}; give a free port by --otlp-port`,
        ),
      ),
    );
    server.listen({ port: free, host: '127.0.0.1' }, resolve);
  });
  server.on('error', (error) => sink.source(sourceName, false, messageOf(error)));
  const saySilent = (): void => {
    if (counts.taken === 0 && counts.unreadable === 0) sink.source(sourceName, false, 'no metrics have arrived');
  };
  const silence = setTimeout(saySilent, silentLimitMs).unref();
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    get taken() {
      return counts.taken;
    },
    get unreadable() {
      return counts.unreadable;
    },
    [Symbol.asyncDispose]: async () => {
      clearTimeout(silence);
      saySilent();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 1000).unref();
      });
      if (options.port === undefined) releasePorts([port]);
    },
  };
};
