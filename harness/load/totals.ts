import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { lostError, messageOf } from '../errors.ts';
import type { LoadTotals } from '../result.ts';

const metric = z.object({ type: z.string(), values: z.record(z.string(), z.number()) });
/** The part of handleSummary's data that is used: counts and latencies; k6 leaves out metrics that saw nothing. */
const summary = z.object({ metrics: z.record(z.string(), metric) });

/** k6's own end figures, from the file that the script's handleSummary wrote. */
export const readTotals = (summaryFile: string, exitCode: number | null): LoadTotals => {
  let metrics: z.infer<typeof summary>['metrics'];
  try {
    metrics = summary.parse(JSON.parse(readFileSync(summaryFile, 'utf8'))).metrics;
  } catch (error) {
    throw lostError(`k6 left no readable end figures (${messageOf(error)}): does the scenario export handleSummary?`);
  }
  const value = (name: string, field: string): number | null => metrics[name]?.values[field] ?? null;
  return {
    exitCode,
    requests: value('http_reqs', 'count') ?? 0,
    iterations: value('iterations', 'count') ?? 0,
    droppedIterations: value('dropped_iterations', 'count') ?? 0,
    // k6 counts a rate's "true" as passes: for http_req_failed those are the failed ones.
    failedRequests: value('http_req_failed', 'passes') ?? 0,
    checksPassed: value('checks', 'passes') ?? 0,
    checksFailed: value('checks', 'fails') ?? 0,
    durationMsP50: value('http_req_duration', 'p(50)'),
    durationMsP95: value('http_req_duration', 'p(95)'),
    durationMsP99: value('http_req_duration', 'p(99)'),
    vusMax: value('vus_max', 'max') ?? value('vus_max', 'value') ?? 0,
  };
};

const exported = z.object({ metrics: z.record(z.string(), z.record(z.string(), z.unknown())) });

/**
 * Of a stranger's script, from `--summary-export`: counts only. Its rates count what is true as passes, whatever their
 * name.
 */
export const readExportedTotals = (summaryFile: string, exitCode: number | null): LoadTotals => {
  let metrics: z.infer<typeof exported>['metrics'];
  try {
    metrics = exported.parse(JSON.parse(readFileSync(summaryFile, 'utf8'))).metrics;
  } catch (error) {
    throw lostError(`k6 left no readable end figures (${messageOf(error)})`);
  }
  const count = (name: string, field: string): number => Number(metrics[name]?.[field] ?? 0);
  return {
    exitCode,
    requests: count('http_reqs', 'count'),
    iterations: count('iterations', 'count'),
    droppedIterations: count('dropped_iterations', 'count'),
    failedRequests: count('http_req_failed', 'passes'),
    checksPassed: count('checks', 'passes'),
    checksFailed: count('checks', 'fails'),
    durationMsP50: null,
    durationMsP95: null,
    durationMsP99: null,
    vusMax: count('vus_max', 'max') || count('vus_max', 'value'),
  };
};
