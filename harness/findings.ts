/** What judging finds, as `run.json` holds it: criteria with their bounds, symptoms, checks, the evidence of each. */
import { z } from 'zod';

const verdicts = ['pass', 'warn', 'fail', 'inconclusive', 'notApplicable'] as const;
export const verdict = z.enum(verdicts);
export type Verdict = z.infer<typeof verdict>;

const bound = z.object({
  severity: z.enum(['fail', 'warn']),
  comparator: z.enum(['<', '<=', '=', '>=', '>']),
  value: z.number(),
});
export type Bound = z.infer<typeof bound>;

/** An instant or span that shows why: drawn on the chart, linked from the criterion. */
export const evidence = z.object({
  atMs: z.number().nullish(),
  untilMs: z.number().nullish(),
  /** The log line, the sample, the row: data, to be escaped. */
  text: z.string(),
  source: z.string().nullish(),
});
export type Evidence = z.infer<typeof evidence>;

/** A failure that the team accepts until a day, by its config. */
export const waiver = z.object({
  criterion: z.string(),
  /** The value that is still accepted; absent: any. */
  bound: z.number().nullish(),
  reason: z.string(),
  /** The last day on which it counts, as 2026-12-31. */
  until: z.string(),
});
export type Waiver = z.infer<typeof waiver>;

const waiverStates = ['accepted', 'expired', 'exceeded'] as const;

export const criterionResult = z.object({
  id: z.string(),
  title: z.string(),
  /** Where the bound comes from: seed number or `ours`. */
  source: z.string(),
  /** What was measured, over which window, in words. */
  measuredBy: z.string(),
  unit: z.string(),
  /** What follows its value in a sentence: "at p95", "of the requests". */
  figureWords: z.string().nullish(),
  bounds: z.array(bound),
  /** The best value that can be had, where that is neither 0 nor 100 %: one schedule of a queue, not none. */
  best: z.number().nullish(),
  value: z.number().nullable(),
  /** Samples, requests or rows behind the value: 2 of 52,261 is not 0.00 %. */
  count: z.number(),
  /** Numerator where the value is a share. */
  numerator: z.number().nullish(),
  verdict,
  reason: z.string(),
  /** When it went wrong, in words that follow a figure: "all in the first 1.0 s". */
  when: z.string().nullish(),
  /** What the full profile would have demanded, where the profile scaled the bound. */
  fullBounds: z.array(bound).nullish(),
  /** It failed, and the config has a waiver for it. Where that still accepts it the verdict is a warning. */
  waiver: waiver.extend({ state: z.enum(waiverStates) }).nullish(),
  /** What to look at next when it fails. */
  nextStep: z.string().nullish(),
  /** Position in the chain of causes: lower is nearer to the root; the report names the lowest failing first. */
  causeRank: z.number().nullish(),
  evidence: z.array(evidence).nullish(),
  /** Id of the chart that draws it. */
  chart: z.string().nullish(),
});
export type CriterionResult = z.infer<typeof criterionResult>;

export const symptomResult = z.object({
  id: z.string(),
  title: z.string(),
  kind: z.enum(['log', 'series', 'quantile', 'share', 'sql']),
  tag: z.enum(['exact', 'shape', 'claim']),
  observed: z.boolean().nullable(),
  value: z.number().nullish(),
  expected: z.string().nullish(),
  evidence: z.array(evidence),
});
export type SymptomResult = z.infer<typeof symptomResult>;

export const checkResult = z.object({
  id: z.string(),
  title: z.string(),
  /** I1 to I14 of docs/checkers.md. */
  invariant: z.string(),
  status: z.enum(['ok', 'violated', 'inconclusive']),
  examined: z.number(),
  violations: z.number(),
  reason: z.string(),
  examples: z.array(z.string()),
  /** There was nothing to examine: the tables that it reads are empty. */
  empty: z.boolean().nullish(),
  /** Figures that the checker counted on its way, for the printed identities. */
  counts: z.record(z.string(), z.number()).nullish(),
});
export type CheckResult = z.infer<typeof checkResult>;
