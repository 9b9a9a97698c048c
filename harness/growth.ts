/** Growth as `run.json` holds it: what each row of the matrix measured at its load, and what the rows say together. */
import { z } from 'zod';

/** A piece of a phase with jobs: long enough to be measured, short enough that a phase has several. */
const growthStretch = z.object({
  kind: z.enum(['steady', 'burst']),
  activeJobs: z.number(),
  seconds: z.number(),
});
export type GrowthStretch = z.infer<typeof growthStretch>;

const growthSeen = z.object({
  /** As a part of the system reported it, in the unit of the values. */
  limit: z.number().nullable(),
  /** What other parts leave it at the most; absent: nothing holds it back. */
  most: z.number().nullish(),
  /** One value for each stretch; null where it was not seen. */
  values: z.array(z.number().nullable()),
});

export const growthRow = z.object({
  stretches: z.array(growthStretch),
  measures: z.record(z.string(), growthSeen),
  /** Why these figures say nothing of the service; null: they do. */
  unusable: z.string().nullable(),
});
export type GrowthRow = z.infer<typeof growthRow>;

const growthLimit = z.object({
  id: z.string(),
  /** What is the case when it is met: "the app pool of 18 waits". */
  meaning: z.string(),
  title: z.string(),
  unit: z.string(),
  limit: z.number().nullable(),
  /** The value at which it is met. */
  level: z.number().nullable(),
  /** `ahead`: by the line. `met`: in a row. `far`: beyond what the rows can tell. `unknown`: cannot tell. */
  state: z.enum(['ahead', 'met', 'far', 'unknown']),
  /** Times the baseline's load at which it is met, and the interval (95 %); null: not known, or open. */
  factor: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  reason: z.string(),
  line: z.object({ intercept: z.number(), slope: z.number() }).nullable(),
});
export type GrowthLimit = z.infer<typeof growthLimit>;

export const growthAnswer = z.object({
  sentence: z.string(),
  /** Active jobs that are called 1 ×: the most that the baseline keeps active. */
  baseJobs: z.number(),
  /** The limit that is met first; null: none, or not known. */
  first: z.string().nullable(),
  limits: z.array(growthLimit),
  /** Whether the sentence was tried at that load, and how. */
  checked: z.string(),
});
export type GrowthAnswer = z.infer<typeof growthAnswer>;
