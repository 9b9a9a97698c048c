/**
 * What a diagnosis finds, as `run.json` holds it: causes in the order cause → consequence, each with what speaks for
 * it.
 */
import { z } from 'zod';
import { evidence } from './findings.ts';

const damage = z.object({
  /** Requests whose failure is put down to it; null where nothing tells. */
  requestsFailed: z.number().nullable(),
  /** How many requests failed in all, and below it how many were sent: what `requestsFailed` is a part of. */
  ofFailed: z.number(),
  ofRequests: z.number(),
  /** Time that clients or sessions spent waiting because of it, added up; null where nothing tells. */
  secondsWaited: z.number().nullable(),
});
export type Damage = z.infer<typeof damage>;

const finding = z.object({
  /** The name of a file of `harness/diagnose/causes/`. */
  cause: z.string(),
  /** Which form of it: prepared statements or a lost LISTEN, of one cause. */
  kind: z.string().nullish(),
  title: z.string(),
  /** The cause with its evidence. */
  sentence: z.string(),
  /** The figure that shows how large it is. */
  number: z.string(),
  share: damage,
  evidence: z.array(evidence),
  /** What speaks against it, or could not be seen. */
  against: z.array(z.string()),
  remedy: z.object({
    sentence: z.string(),
    /** Lines to copy, and whose they are (`pgbouncer.ini`, `postgresql.conf`, `the service`). */
    config: z.object({ of: z.string(), lines: z.string() }).nullish(),
  }),
  /** What looks like the cause or the remedy, and is not. */
  falseFriends: z.array(z.string()),
  /** The finding that it follows from; null: it stands for itself. */
  consequenceOf: z.string().nullable(),
});
export type Finding = z.infer<typeof finding>;

export const diagnosis = z.object({
  /** Never empty: `none` and `unknown` are findings too. */
  findings: z.array(finding),
});
export type Diagnosis = z.infer<typeof diagnosis>;
