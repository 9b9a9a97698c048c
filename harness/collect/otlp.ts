/**
 * Receives metrics by OTLP/HTTP on loopback, protobuf or JSON, gzip or not: of k6, of the service, and of any
 * instrumented service of the user's.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { environmentError, messageOf } from '../errors.ts';
import { freePorts, releasePorts } from '../system/ports.ts';
import type { Sink } from './collector.ts';
import { CutOff, readBody, TooLarge } from './otlp-body.ts';
import { decodeJson, decodeProtobuf, numberOf, type MetricsRequest } from './otlp-descriptor.ts';
import { formatCount } from '../measure/numbers-in-words.ts';
import { mostCumulative } from './otlp-growth.ts';
import { openPoints } from './otlp-points.ts';
import type { Relabel } from './script-series.ts';

export interface OtlpReceiver extends AsyncDisposable {
  /** Base: senders add `/v1/metrics`. */
  readonly url: string;
  readonly port: number;
  /** Requests taken, and requests that could not be read. */
  readonly taken: number;
  readonly unreadable: number;
  /** Exports that their senders gave up in the middle. */
  readonly cutOff: number;
  /** Epoch ms up to which all that k6 measured has arrived; 0 before its first export. */
  k6ExportedUpToMs(): number;
}

/** Without a word of any sender for so long, nobody is going to send. */
const silentLimitMs = 10_000;
/** A second of k6 with some 10,000 addresses, each a data point of its own, is 20 MB. */
const sourceName = 'otlp';
/** One for each export that could not be read: the next one that can be read does not bring back what was in it. */
const unreadableSeries = 'otlp.unreadable';

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
  if (status !== 200) response.end(JSON.stringify({ message }));
  else response.end(isJson(request) ? '{}' : '');
};

interface Counts {
  taken: number;
  unreadable: number;
  /** Exports that their senders gave up in the middle. */
  cutOff: number;
  /** Epoch ms up to which k6 has exported. */
  k6UpToMs: number;
}

/**
 * k6 takes what it flushes sample by sample while it may be collecting: of a flush of thousands of series, an export
 * held 5,134 of 6,000 requests though it was collected 300 ms after the last of them. So much is allowed each point.
 */
const flushMsPerPoint = 0.1;

/** Up to when an export holds all: its points, those of a metric collected at one instant, less the time of a flush. */
const completeUpToMs = ({ resourceMetrics }: MetricsRequest): number => {
  const metrics = resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  const pointsOf = metrics.map(
    ({ gauge, sum, histogram, exponentialHistogram }) =>
      (gauge ?? sum ?? histogram ?? exponentialHistogram)?.dataPoints ?? [],
  );
  const times = pointsOf.map(([point]) => (point === undefined ? 0 : numberOf(point.timeUnixNano) / 1e6));
  const points = pointsOf.reduce((total, { length }) => total + length, 0);
  return Math.max(0, Math.max(0, ...times) - points * flushMsPerPoint);
};

const metricsOf = (senders: ReadonlySet<string>): string => `metrics of ${[...senders].sort().join(', ')}`;

/** A label holds ids: what was counted under the others is missing, and the counts of the service are too low. */
const refusedWords = (refused: number): string =>
  `more than ${formatCount(mostCumulative)} series count from a start, so that ${formatCount(refused)} points of ` +
  'others came to nothing; some label of the service’s metrics holds ids: leave it out, or export deltas';

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Takes metrics into the sink. A body that cannot be read is answered 400 or 413, counted, and told to the sink. */
const metricsHandler = (sink: Sink, counts: Counts, relabel: Relabel | undefined): Handler => {
  const points = openPoints(sink, relabel);
  const senders = new Set<string>();
  sink.declare?.(unreadableSeries, 'delta');
  const take = async (request: IncomingMessage): Promise<void> => {
    const metrics = decode(request, await readBody(request));
    const sender = points.take(metrics);
    senders.add(nameOf(sender));
    counts.taken += 1;
    if (sender === 'k6') counts.k6UpToMs = Math.max(counts.k6UpToMs, completeUpToMs(metrics));
    const { refused } = points;
    sink.source(sourceName, refused === 0, refused === 0 ? metricsOf(senders) : refusedWords(refused));
  };
  return async (request, response) => {
    try {
      await take(request);
      answer(request, response, 200);
    } catch (error) {
      // Nothing to blame a source for: whose it was is missing in the counts, which are compared.
      if (error instanceof CutOff) {
        counts.cutOff += 1;
        return;
      }
      counts.unreadable += 1;
      sink.sample(unreadableSeries, {}, 1);
      const why = `${counts.unreadable} requests could not be read, the last one since ${messageOf(error)}`;
      sink.source(sourceName, false, why);
      answer(request, response, error instanceof TooLarge ? 413 : 400, messageOf(error));
    }
  };
};

const onlyMetrics =
  (handle: Handler): Handler =>
  async (request, response) => {
    if (request.method === 'POST' && request.url === '/v1/metrics') return handle(request, response);
    request.resume();
    answer(request, response, 404, 'only POST /v1/metrics is here');
  };

/** Tells the sink where nobody has sent anything: after a while, and once more at the end. */
const watchSilence = (sink: Sink, counts: Counts): { end(): void } => {
  const look = (): void => {
    if (counts.taken === 0 && counts.unreadable === 0) sink.source(sourceName, false, 'no metrics have arrived');
  };
  const timer = setTimeout(look, silentLimitMs).unref();
  return {
    end: () => {
      clearTimeout(timer);
      look();
    },
  };
};

/** Gives the port that it listens on. */
const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const where = `127.0.0.1:${port}`;
      const why = `metrics cannot be received on ${where}: ${messageOf(error)}; give a free port by --otlp-port`;
      reject(environmentError(why));
    });
    server.listen({ port, host: '127.0.0.1' }, () => resolve((server.address() as AddressInfo).port));
  });

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 1000).unref();
  });

export interface ReceiverOptions {
  port?: number;
  /** For the series of a stranger's k6 script. */
  relabel?: Relabel;
}

/** Receives on `port`, or on a free one below the ephemeral range. */
export const startOtlpReceiver = async (sink: Sink, options: ReceiverOptions = {}): Promise<OtlpReceiver> => {
  const counts: Counts = { taken: 0, unreadable: 0, cutOff: 0, k6UpToMs: 0 };
  const handle = onlyMetrics(metricsHandler(sink, counts, options.relabel));
  const server = createServer((request, response) => void handle(request, response));
  const port = await listen(server, options.port ?? (await freePorts(1))[0]!);
  server.on('error', (error) => sink.source(sourceName, false, messageOf(error)));
  const silence = watchSilence(sink, counts);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    get taken() {
      return counts.taken;
    },
    get unreadable() {
      return counts.unreadable;
    },
    get cutOff() {
      return counts.cutOff;
    },
    k6ExportedUpToMs: () => counts.k6UpToMs,
    [Symbol.asyncDispose]: async () => {
      silence.end();
      await closeServer(server);
      if (options.port === undefined) releasePorts([port]);
    },
  };
};
