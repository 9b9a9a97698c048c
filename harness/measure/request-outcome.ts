/**
 * How a request came out: one rule for the receiver of k6's samples, the criteria, the limits and the pages.
 */
import type { Labels } from './tracks/observations.ts';

/**
 * `expected`: an answer that is neither 2xx nor 3xx and that the script expects (k6's `http.expectedStatuses`).
 * `unknown`: nothing says how it came out.
 */
export type RequestOutcome = 'ok' | 'refused' | 'expected' | 'error' | 'unknown';

/** In the order in which they are told. */
const requestOutcomes: readonly RequestOutcome[] = ['ok', 'expected', 'refused', 'error', 'unknown'];

const isSuccess = (code: number): boolean => code >= 200 && code < 400;
const tooManyRequests = 429;

/**
 * 2xx and 3xx are done and 429 is refused. Everything else failed, also where no answer came (0), unless the script
 * expects it. A 2xx or 3xx that the script does not expect failed too.
 */
const byStatus = (code: number, expected: boolean | null): RequestOutcome => {
  if (code === tooManyRequests) return 'refused';
  if (isSuccess(code)) return expected === false ? 'error' : 'ok';
  return expected === true && code > 0 ? 'expected' : 'error';
};

const withoutStatus = (expected: boolean | null): RequestOutcome => {
  if (expected === null) return 'unknown';
  return expected ? 'ok' : 'error';
};

/** `expected`: k6's tag `expected_response`; null where a sample does not have it. */
export const outcomeOfAnswer = (status: string | undefined, expected: boolean | null): RequestOutcome =>
  status === undefined || status === '' ? withoutStatus(expected) : byStatus(Number(status), expected);

const isOutcome = (text: string | undefined): text is RequestOutcome =>
  requestOutcomes.some((outcome) => outcome === text);

/**
 * By labels of a saved sample. Runs of before this rule called every answer below 500 `ok`: their status says more than
 * their outcome does.
 */
export const outcomeOf = ({ outcome, status }: Labels): RequestOutcome => {
  if (outcome === 'ok' && status !== undefined) return outcomeOfAnswer(status, null);
  return isOutcome(outcome) ? outcome : outcomeOfAnswer(status, null);
};

/** The service is there: it gave what was asked of it, or said why not (4xx). A refusal (429) is neither. */
export const isAnswered = (labels: Labels): boolean => {
  const code = Number(labels['status'] ?? 0);
  return isServed(labels) || (code >= 400 && code < 500 && code !== tooManyRequests);
};

/** The service gave what was asked of it. */
export const isServed = (labels: Labels): boolean => ['ok', 'expected'].includes(outcomeOf(labels));
