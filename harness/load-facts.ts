/** What is known of a load, as `run.json` holds it: what a stranger's script declares, and what k6 said at its end. */
import { z } from 'zod';

/** What k6 says of a stranger's script before it runs. */
export const scriptLoad = z.object({
  /** Which row this is of a journey that `matrix` of pgsurge/k6 made. */
  row: z.string().nullish(),
  /** Until its last scenario has started its last iteration. */
  seconds: z.number(),
  /** The most users that k6 may make for it. */
  users: z.number(),
  /** The highest rate of arrivals that it asks for, all scenarios together; null where none has one. */
  perSecond: z.number().nullable(),
  /** Some of its users wait for an answer before they ask again: what they could not ask meanwhile is in no figure. */
  closed: z.boolean(),
  /** Thresholds that stop the test when they break. */
  aborting: z.array(z.object({ metric: z.string(), expression: z.string() })),
  systemTags: z.array(z.string()),
  trendStats: z.array(z.string()),
  /** Before and behind its load: what setup, teardown and the last iterations may take. Absent in older runs. */
  graceSeconds: z.number().nullish(),
});
export type ScriptLoad = z.infer<typeof scriptLoad>;

const check = z.object({
  name: z.string(),
  /** As k6 writes it (`::cart`); empty outside of any. */
  group: z.string(),
  passes: z.number(),
  fails: z.number(),
});
export type ScriptCheck = z.infer<typeof check>;

const threshold = z.object({
  /** With its selector: `http_req_duration{scenario:checkout}`. */
  metric: z.string(),
  expression: z.string(),
  /** k6's word: a threshold without a sample is kept. */
  kept: z.boolean(),
  /** Samples behind it; null where the summary does not say, as of a gauge. */
  samples: z.number().nullable(),
});
export type ScriptThreshold = z.infer<typeof threshold>;

/** Where an exception came from: an iteration, or one of the functions that k6 calls once. */
const exceptionPlace = z.enum(['iteration', 'setup', 'teardown', 'handleSummary', 'elsewhere']);
export type ExceptionPlace = z.infer<typeof exceptionPlace>;

const exceptions = z.object({
  place: exceptionPlace,
  count: z.number(),
  /** What k6 says of the first one, and below it where that is in the script. */
  text: z.string(),
  line: z.string(),
});
export type ScriptExceptions = z.infer<typeof exceptions>;

/** What k6's log says of the run, beside its figures. */
const scriptWords = z.object({
  /** By place and text, in order of their first; the last of a place may stand for all further texts. */
  exceptions: z.array(exceptions),
  /** It ended before its time: by a threshold with abortOnFail, the script's own `test.abort`, or what k6 lacks. */
  stopped: z.object({ by: z.enum(['threshold', 'script', 'k6']), words: z.string() }).nullable(),
  /** What the script said to `test.fail`; null where it did not call it. */
  markedFailed: z.string().nullable(),
  /** Scenarios of which all users that the script allows were busy. */
  userCaps: z.array(z.object({ scenario: z.string(), users: z.number() })),
  /** The script's own summary could not be made or written. */
  summaryProblem: z.string().nullable(),
  /** Requests whose URL is none: k6 sends none of them and counts none. Absent in older runs. */
  unsent: z.object({ count: z.number(), text: z.string() }).nullish(),
});
export type ScriptWords = z.infer<typeof scriptWords>;

/** What k6 said at the end (handleSummary), the reference that ours must agree with. */
export const loadTotals = z.object({
  exitCode: z.number().nullable(),
  requests: z.number(),
  iterations: z.number(),
  droppedIterations: z.number(),
  failedRequests: z.number(),
  checksPassed: z.number(),
  checksFailed: z.number(),
  durationMsP50: z.number().nullable(),
  durationMsP95: z.number().nullable(),
  durationMsP99: z.number().nullable(),
  vusMax: z.number(),
  /** These are absent in older runs. */
  checks: z.array(check).nullish(),
  thresholds: z.array(threshold).nullish(),
  words: scriptWords.nullish(),
  /** Writes that were sent, each attempt counted, by operation; only scenarios of ours count them. */
  writes: z.record(z.string(), z.number()).nullish(),
});
export type LoadTotals = z.infer<typeof loadTotals>;
