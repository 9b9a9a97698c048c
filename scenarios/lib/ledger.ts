/**
 * The ledger: what was asked of the service and what it answered, outside the database.
 * One JSON line before a write is sent, one after its answer, by console.log; the harness points k6's
 * `--console-output` at the ledger file. A bare `k6 run` writes none.
 */
import http, { type RefinedParams, type RefinedResponse } from 'k6/http';
import { Counter } from 'k6/metrics';
import { currentPlan } from './define.ts';

export type Content = Record<string, string | number | null>;
type Outcome = 'ok' | 'fail' | 'unknown';

export interface Write {
  operation: 'createJob' | 'putNote';
  method: 'POST' | 'PUT';
  path: string;
  /** The idempotency key: the same for each attempt of one operation. */
  key: string;
  /** The body, and what the row must hold. */
  content: Content;
}

export interface WriteResult {
  outcome: Outcome;
  status: number;
  id: string | null;
  response: RefinedResponse<'text'>;
}

const field = (body: string | null, path: string): unknown => {
  try {
    return path
      .split('.')
      .reduce<unknown>((value, name) => (value as Record<string, unknown> | null)?.[name], JSON.parse(body ?? 'null'));
  } catch {
    return undefined;
  }
};

/** A dead or late answer says nothing of the write; a 5xx only where the service vouches that nothing was kept. */
const outcomeOf = (status: number, body: string | null): Outcome => {
  if (status >= 200 && status < 300) return 'ok';
  if (status >= 400 && status < 500) return 'fail';
  const claimed = field(body, 'error.outcome');
  return status >= 500 && (claimed === 'not-executed' || claimed === 'rolled-back') ? 'fail' : 'unknown';
};

const note = (line: Record<string, unknown>): void => {
  if (currentPlan().summaryFile !== null) console.log(JSON.stringify(line));
};

/** By k6's own count, so that a ledger that lost lines is known for one. */
const sent: Record<Write['operation'], Counter> = {
  createJob: new Counter('pgsurge_job_writes'),
  putNote: new Counter('pgsurge_note_writes'),
};

/** The instant at which the load's clock stood at 0, by whoever comes first in each k6 scenario. */
export const noteStart = (elapsedMs: number): void => note({ e: 'start', t: Math.round(Date.now() - elapsedMs) });

/** Send one write, with its line before and its line after. */
export const send = (write: Write, params: RefinedParams<'text'>): WriteResult => {
  const { operation, method, path, key, content } = write;
  note({ e: 'invoke', k: key, op: operation, c: content, t: Date.now() });
  sent[operation].add(1);
  const response = http.request(method, currentPlan().targetUrl + path, JSON.stringify(content), {
    ...params,
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
  });
  const outcome = outcomeOf(response.status, response.body);
  const given = outcome === 'ok' ? field(response.body, 'id') : null;
  const id = given === undefined || given === null ? null : String(given);
  note({ e: outcome, k: key, id, s: response.status, t: Date.now() });
  return { outcome, status: response.status, id, response };
};
