import type { FastifyRequest } from 'fastify';
import { badRequest } from './answers.ts';

export type Body = Record<string, unknown>;

/** The header Idempotency-Key, which every write carries. */
export const keyOf = (request: FastifyRequest): string => {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || key === '' || key.length > 200)
    throw badRequest('the header Idempotency-Key is missing or longer than 200 characters');
  return key;
};

/** A text of the body that must not be empty. */
export const textOf = (body: Body, name: string): string => {
  const value = body[name];
  if (typeof value !== 'string' || value === '' || value.length > 10_000)
    throw badRequest(`${name} must be a text of 1 to 10,000 characters`);
  return value;
};
