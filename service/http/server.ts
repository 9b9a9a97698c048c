/** The HTTP API of one replica. */
import { fastify, type FastifyInstance } from 'fastify';
import type { Context } from '../context.ts';
import { messageOf } from '../log.ts';
import { plantsAct } from '../plant-time.ts';
import { answerFor, Refusal, sendError } from './answers.ts';
import { asTenant } from '../tenant-limit.ts';
import { addDashboardRoute } from './dashboard.ts';
import { addJobRoutes } from './jobs.ts';
import { addNoteRoutes } from './notes.ts';
import { addReportRoute } from './reports.ts';
import { createWrites } from './writes.ts';

export interface HttpServer {
  listen(host: string, port: number): Promise<void>;
  /** /ready says no from now on; the front stops sending. */
  drain(): void;
  /** Stops accepting, finishes what was accepted. */
  close(): Promise<void>;
}

const burn = (ms: number): void => {
  for (const untilMs = performance.now() + ms; performance.now() < untilMs;) Math.sqrt(untilMs);
};

/** Plants that act on every request. */
const addPlants = (app: FastifyInstance, { settings }: Context): void => {
  const { leakMemoryBytesPerRequest, burnCpuMsPerRequest } = settings;
  const kept: Buffer[] = [];
  const whileTheyAct = (act: () => void): void => {
    app.addHook('onRequest', async () => {
      if (plantsAct(settings)) act();
    });
  };
  if (leakMemoryBytesPerRequest > 0) whileTheyAct(() => kept.push(Buffer.alloc(leakMemoryBytesPerRequest, 1)));
  if (burnCpuMsPerRequest > 0) whileTheyAct(() => burn(burnCpuMsPerRequest));
};

const measure = (app: FastifyInstance, { metrics }: Context): void => {
  const duration = metrics.timing('http.server.request.duration', 'Duration of a request');
  app.addHook('onResponse', async (request, reply) => {
    duration.record(reply.elapsedTime / 1000, {
      'http.route': request.routeOptions.url ?? 'none',
      'http.request.method': request.method,
      'http.response.status_code': String(reply.statusCode),
    });
  });
};

/** Refuses with 429 what would only wait for a connection until it times out. */
const refuseWhenSaturated = (app: FastifyInstance, { pool, settings }: Context): void => {
  if (settings.poolWaitingLimit === 0) return;
  app.addHook('onRequest', async (request) => {
    const { waiting } = pool.counts();
    if (waiting <= settings.poolWaitingLimit || alwaysAnswered.includes(request.url)) return;
    throw new Refusal(
      429,
      'pool-saturated',
      `app pool saturated: ${waiting} acquisitions wait, the limit is ${settings.poolWaitingLimit}; try again later`,
    );
  });
};

const answerErrors = (app: FastifyInstance, { log }: Context): void => {
  app.setErrorHandler((error, request, reply) => {
    const { status, body } = answerFor(error);
    const { family, message, outcome } = body.error;
    const route = request.routeOptions.url ?? request.url;
    if (status >= 500) log.error(`${request.method} ${route}: ${message} (${family}, ${outcome})`);
    return reply.sent ? reply : sendError(reply, error);
  });
};

/** Who asks stands in the query or in the body; whatever the request does is counted as that tenant's. */
const tellTenants = (app: FastifyInstance, { settings }: Context): void => {
  if (settings.tenantConnections === 0) return;
  app.addHook('preHandler', (request, _reply, done) => {
    const { tenant } = { ...(request.query as object), ...(request.body as object) } as { tenant?: unknown };
    if (typeof tenant === 'string') asTenant(tenant, done);
    else done();
  });
};

/** Whoever watches the service must be answered when it refuses work. */
const alwaysAnswered = ['/ready', '/health', '/settings'];

/** What this replica runs with: whoever started it compares that with what was asked for. */
const addSettingsRoute = (app: FastifyInstance, { settings }: Context): void => {
  app.get('/settings', async () => settings);
};

const addHealthRoutes = (app: FastifyInstance, state: () => 'ready' | 'draining' | 'starting'): void => {
  app.get('/health', async () => ({ status: 'ok' }));
  app.get('/ready', async (_request, reply) => {
    const status = state();
    return reply.status(status === 'ready' ? 200 : 503).send({ status });
  });
};

const listenOn = async (app: FastifyInstance, host: string, port: number): Promise<void> => {
  await app.listen({ host, port }).catch((error: unknown) => {
    throw new Error(`cannot listen on ${host}:${port}: ${messageOf(error)}`);
  });
};

/** What clients call. */
const addRoutes = (app: FastifyInstance, context: Context, pending: (jobId: string) => void): void => {
  const writes = createWrites(context);
  void app.register(
    async (scoped) => {
      addJobRoutes(scoped, context, writes, pending);
      addNoteRoutes(scoped, context, writes);
      addDashboardRoute(scoped, context);
      addReportRoute(scoped, context);
    },
    { prefix: context.settings.routesMoved ? '/v2' : '' },
  );
};

/**
 * `serving` is what /ready answers. It is this replica's own state, never the database's:
 * the loss of the database must not leave the front without replicas.
 */
export const createHttpServer = (
  context: Context,
  serving: () => boolean,
  pending: (jobId: string) => void,
): HttpServer => {
  const app = fastify({ forceCloseConnections: 'idle', keepAliveTimeout: 60_000, bodyLimit: 1_000_000 });
  let draining = false;
  answerErrors(app, context);
  app.addHook('onSend', async (_request, reply) => {
    if (draining) reply.header('connection', 'close');
  });
  measure(app, context);
  refuseWhenSaturated(app, context);
  tellTenants(app, context);
  addPlants(app, context);
  addSettingsRoute(app, context);
  addHealthRoutes(app, () => {
    if (draining) return 'draining';
    return serving() ? 'ready' : 'starting';
  });
  addRoutes(app, context, pending);
  return {
    listen: (host, port) => listenOn(app, host, port),
    drain: () => {
      draining = true;
    },
    close: () => app.close(),
  };
};
