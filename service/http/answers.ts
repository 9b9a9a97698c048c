/** What the HTTP API answers when something is wrong: always {error: {family, message, outcome}}. */
import type { FastifyReply } from 'fastify';
import { Abandon } from '../app-pool.ts';
import { DatabaseFailure, isPoolSaturated, type Outcome } from '../errors.ts';

/** A request that cannot be served as it is: status 4xx, nothing was done; rolls a transaction back on purpose. */
export class Refusal extends Abandon {
  readonly status: number;
  readonly family: string;

  constructor(status: number, family: string, message: string) {
    super(message);
    this.status = status;
    this.family = family;
  }
}

export const badRequest = (message: string): Refusal => new Refusal(400, 'bad-request', message);
export const notFound = (what: string): Refusal => new Refusal(404, 'not-found', `${what} does not exist`);

interface ErrorBody {
  error: { family: string; message: string; outcome: Outcome };
}

const unavailable = new Set([
  'pool-wait',
  'pooler-wait',
  'pooler-down',
  'no-slot',
  'connect-refused',
  'connection-lost',
  'server-restart',
  'idle-timeout',
  'client-timeout',
  'read-only',
]);

const statusOf = (failure: DatabaseFailure): number => {
  if (isPoolSaturated(failure)) return 429;
  return unavailable.has(failure.family) ? 503 : 500;
};

/** Status and body for any thrown thing; a body without DatabaseFailure was never executed or rolled back. */
export const answerFor = (error: unknown): { status: number; body: ErrorBody } => {
  if (error instanceof Refusal)
    return {
      status: error.status,
      body: { error: { family: error.family, message: error.message, outcome: 'not-executed' } },
    };
  if (error instanceof DatabaseFailure) {
    const { family, message, outcome } = error;
    return { status: statusOf(error), body: { error: { family, message, outcome } } };
  }
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  const message = error instanceof Error ? error.message : String(error);
  if (typeof status === 'number' && status < 500)
    return { status, body: { error: { family: 'bad-request', message, outcome: 'not-executed' } } };
  return { status: 500, body: { error: { family: 'internal', message, outcome: 'unknown' } } };
};

export const sendError = (reply: FastifyReply, error: unknown): FastifyReply => {
  const { status, body } = answerFor(error);
  return reply.status(status).send(body);
};
