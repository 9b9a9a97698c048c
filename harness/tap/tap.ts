/** A passive proxy for the Postgres protocol: passes on every byte at once, and reads what passed. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { environmentError, messageOf } from '../errors.ts';
import type { TapFigures } from './figures/figures.ts';
import { Meter } from './figures/meter.ts';
import type { Forwarder } from './forwarder/forwarder.ts';
import { metricsServer } from './metrics/server.ts';
import { serveClient } from './proxy/connection.ts';
import { holdFor } from './proxy/delay.ts';
import { Insistence } from './proxy/insistence.ts';
import { upstreamOf } from './proxy/upstream.ts';

export interface TapOptions {
  /** A URL, of which host, port and `sslmode` are looked at. */
  upstream: string;
  /** 0: a free one. */
  port: number;
  metricsPort: number;
  /** Where it listens; the metrics are on loopback always. */
  host?: string;
  /** Name of the network step that it stands on. */
  hop?: string;
  fingerprints?: boolean;
  /** The link's latency, which the tap makes: each answer is held back for so long. */
  roundTripMs?: number;
  /** Passes plain connections on in its own process; several taps may share one. Absent: this process does it all. */
  forwarder?: Forwarder | null;
}

export interface Tap extends AsyncDisposable {
  readonly port: number;
  readonly metricsUrl: string;
  figures(): Promise<TapFigures>;
}

const loopback = '127.0.0.1';
/** A storm of logins must wait at the database, not here. */
const backlog = 4096;

const listen = (server: Server, port: number, host: string, title: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (error) => reject(environmentError(`${title}: ${messageOf(error)}; give a free port`)));
    server.listen({ port, host, backlog }, () => resolve((server.address() as AddressInfo).port));
  });

const closed = (server: Server): Promise<void> => new Promise((resolve) => void server.close(() => resolve()));

/** Keeps the sockets that are open, to end them with the tap. */
const openSockets = (): { add: (socket: Socket) => void; end: () => void } => {
  const sockets = new Set<Socket>();
  return {
    add: (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    },
    end: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
};

export const startTap = async (options: TapOptions): Promise<Tap> => {
  const { host = loopback, hop = 'service-database', fingerprints = false, roundTripMs = 0 } = options;
  const { forwarder = null } = options;
  const upstream = upstreamOf(options.upstream);
  const further = forwarder === null ? undefined : () => forwarder.usage();
  const meter = new Meter({ hop, upstream: `${upstream.host}:${upstream.port}`, fingerprints, further });
  const figures = async (): Promise<TapFigures> => meter.value(await forwarder?.caughtUp());
  const sockets = openSockets();
  const hold = roundTripMs > 0 ? holdFor(roundTripMs) : undefined;
  const context = {
    upstream,
    meter,
    insistence: new Insistence(upstream),
    onSocket: sockets.add,
    roundTripMs,
    hold,
    forwarder,
  };
  const proxy = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    sockets.add(client);
    void serveClient(client, context);
  });
  const metrics = metricsServer(figures);
  const port = await listen(proxy, options.port, host, `the tap cannot listen on ${host}:${options.port}`);
  const where = `its metrics cannot be given on ${loopback}:${options.metricsPort}`;
  const metricsPort = await listen(metrics, options.metricsPort, loopback, where);
  return {
    port,
    metricsUrl: `http://${loopback}:${metricsPort}`,
    figures,
    [Symbol.asyncDispose]: async () => {
      sockets.end();
      metrics.closeAllConnections();
      await Promise.all([closed(proxy), closed(metrics)]);
    },
  };
};
