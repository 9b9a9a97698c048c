/**
 * The one saved document of a run (`run.json`), its schema number and its reader.
 * Times are ms from the run's start. Kept under 1 MB: bulk lives beside it in the run's folder.
 */
import { z } from 'zod';
import { growthAnswer, growthRow } from './growth.ts';
import { diagnosis } from './diagnosis.ts';
import { loadTotals, scriptLoad } from './load-facts.ts';
import { checkResult, criterionResult, evidence, symptomResult, verdict, waiver } from './findings.ts';

export * from './diagnosis.ts';
export * from './findings.ts';
export * from './growth.ts';
export * from './load-facts.ts';

export const schemaName = 'pgsurge.run/1';

const settingValues = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

const phaseResult = z.object({
  name: z.string(),
  kind: z.enum(['warmup', 'steady', 'burst', 'recovery', 'rest']),
  startMs: z.number(),
  endMs: z.number(),
  /** Declared full length, printed beside the scaled one. */
  fullSeconds: z.number(),
  activeJobs: z.union([z.number(), z.tuple([z.number(), z.number()])]),
  /** Clients that ask for reports. */
  clients: z.object({ count: z.number(), holdMs: z.number(), restSeconds: z.number().nullish() }).nullish(),
});
export type PhaseResult = z.infer<typeof phaseResult>;

const stepResult = z.object({
  do: z.string(),
  title: z.string(),
  atMs: z.number(),
  endMs: z.number().nullish(),
  ok: z.boolean(),
  message: z.string().nullish(),
});
export type StepResult = z.infer<typeof stepResult>;

const faultResult = z.object({
  id: z.string(),
  title: z.string(),
  target: z.string(),
  injectedAtMs: z.number().nullable(),
  revertedAtMs: z.number().nullable(),
  bite: z.enum(['bit', 'partial', 'did-not-bite', 'unknown']),
  biteAtTarget: evidence.nullish(),
  biteAtService: evidence.nullish(),
  revertProved: z.boolean(),
  message: z.string().nullish(),
});
export type FaultResult = z.infer<typeof faultResult>;

/** k6 = service = database, printed: each line is a pair of counts that must be equal (or explained). */
const identity = z.object({
  title: z.string(),
  left: z.number(),
  right: z.number(),
  holds: z.boolean(),
  note: z.string().nullish(),
});

const outcomeCounts = z.object({
  invoked: z.number(),
  ok: z.number(),
  fail: z.number(),
  unknown: z.number(),
  recovered: z.number().nullish(),
});

/** The row of the matrix that the other rows are compared with. */
export const baselineId = 'baseline';

/** Jobs of the steady phases, the minutes that jobs were active in them, and the standard error of the count. */
const jobRate = z.object({ jobs: z.number(), activeJobMinutes: z.number(), standardError: z.number() });
export type JobRate = z.infer<typeof jobRate>;

const scenarioResult = z.object({
  /** `<scenario>.<variant>.<repeat>`; also the folder of its samples. */
  entry: z.string(),
  name: z.string(),
  title: z.string(),
  group: z.string(),
  variant: z.string(),
  variantTitle: z.string().nullish(),
  /** Ids of the charts that explain an incident, in the order in which its page draws them. */
  keyCharts: z.array(z.string()).nullish(),
  /** One sentence: what this variant is and what it costs. */
  note: z.string().nullish(),
  purpose: z.string().nullish(),
  seeds: z.array(z.string()).nullish(),
  story: z.object({ happened: z.string(), cause: z.string(), symptom: z.string(), remedy: z.string() }).nullish(),
  repeat: z.number(),
  /** Which of two releases ran, where a run compares two (`--against`). */
  release: z.enum(['base', 'head']).nullish(),
  scenarioHash: z.string().nullish(),
  state: z.enum(['pending', 'running', 'finished', 'interrupted', 'failed']),
  startedMs: z.number().nullable(),
  endedMs: z.number().nullable(),
  /** When all was looked at and the service was told to stop: what its metrics say afterwards is its shutdown. */
  teardownMs: z.number().nullish(),
  /** Effective settings of the service for this variant, defaults included. */
  settings: settingValues,
  /**
   * What the parts said that they run with, at the start and at the end, against what was asked of them: differences
   * in words, and which part could not be asked. Absent where nothing was asked of them.
   */
  settingsRead: z.object({ differences: z.array(z.string()), unread: z.array(z.string()) }).nullish(),
  /** What differs from the scenario's first variant, and the stack settings in force. */
  stackSettings: settingValues,
  load: z.object({
    interactivePerSecond: z.number(),
    /** Of older runs: jobs were held to a chosen figure then, and are held to the run's own baseline now. */
    nominalJobsPerActiveJobMinute: z.number().nullish(),
    seed: z.number(),
    /** What the users of a phase do; absent in older runs, where each keeps a job active. */
    users: z.enum(['jobs', 'notes']).nullish(),
    /** What k6 says of a stranger's script; absent where the script is ours. */
    script: scriptLoad.nullish(),
  }),
  phases: z.array(phaseResult),
  steps: z.array(stepResult),
  faults: z.array(faultResult),
  criteria: z.array(criterionResult),
  symptoms: z.array(symptomResult),
  checks: z.array(checkResult),
  identities: z.array(identity),
  outcomes: outcomeCounts.nullish(),
  loadTotals: loadTotals.nullish(),
  /** Errors by family: {family, source, count, example}. */
  errors: z.array(z.object({ family: z.string(), source: z.string(), count: z.number(), example: z.string() })),
  /** The harness's own cost and the generator's health, in words and figures. */
  health: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      value: z.number().nullable(),
      unit: z.string(),
      ok: z.boolean(),
      note: z.string(),
    }),
  ),
  recovery: z.record(z.string(), z.number().nullable()).nullish(),
  /** `note`: why it does not hold, where that is known. `value`: what another variant of the run is compared with. */
  claims: z
    .array(
      z.object({
        text: z.string(),
        seed: z.string(),
        measured: z.string(),
        note: z.string().nullish(),
        value: z.number().nullish(),
      }),
    )
    .nullish(),
  /** Key figures for compare and history: metric id to value. */
  figures: z.record(z.string(), z.number().nullable()),
  /** What the rows of the matrix are held to, and hold themselves to. */
  jobRate: jobRate.nullish(),
  /** Of a row of the matrix: what the rows' common answer is made of. */
  growth: growthRow.nullish(),
  verdict,
  expected: z.enum(['pass', 'symptoms']),
  asExpected: z.boolean().nullable(),
  /** What caused what went wrong, and what to change. Absent in older runs, and where nothing was seen. */
  diagnosis: diagnosis.nullish(),
  /** Why not as expected: which half. */
  reason: z.string(),
  grade: z.string().nullable(),
  message: z.string().nullish(),
  /** A part of the stack, or k6, ended by itself: nothing that was seen here can be blamed on the service. */
  lost: z.boolean().nullish(),
});
export type ScenarioResult = z.infer<typeof scenarioResult>;

export const runResult = z.object({
  schema: z.literal(schemaName),
  id: z.string(),
  name: z.string(),
  label: z.string().nullish(),
  state: z.enum(['running', 'finished', 'interrupted', 'failed']),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  command: z.string(),
  seed: z.number(),
  git: z.object({ commit: z.string().nullable(), dirty: z.boolean().nullable(), branch: z.string().nullish() }),
  profile: z.object({ name: z.string(), timeScale: z.number() }),
  stack: z.object({
    provider: z.enum(['local', 'compose', 'external']),
    versions: z.record(z.string(), z.string()),
    settings: settingValues,
  }),
  host: z.object({
    os: z.string(),
    cpuModel: z.string(),
    cores: z.number(),
    memoryBytes: z.number(),
    /** Median of five short fixed CPU tasks, before and after (higher is faster); null where not measured. */
    indexBefore: z.number().nullable(),
    indexAfter: z.number().nullable(),
  }),
  /** The plan (profile's arithmetic), so that `--resume` can go on. */
  plan: z.object({
    scenarios: z.array(z.string()),
    variant: z.string(),
    repeats: z.number(),
    release: z.string().nullish(),
    /** One row of the matrix at this factor of the baseline's load. */
    load: z.number().nullish(),
    linkMs: z.number().nullish(),
    /** A tap stood on each hop. */
    tap: z.boolean().nullish(),
  }),
  scenarios: z.array(scenarioResult),
  /** Failures that the team's config accepts for a while, as it stood when the run began. */
  waivers: z.array(waiver).nullish(),
  verdict,
  /** Of a run that is not good: since when, and what changed with it (commits; versions and settings; host). */
  since: z.array(z.string()).nullish(),
  /** The sentence that explains the worst failure, or that all is as expected. */
  sentence: z.string(),
  nextStep: z.string(),
  regraded: z.boolean().nullish(),
  /** The rows of the matrix as one answer: which limit comes first as the load grows. */
  growth: growthAnswer.nullish(),
});
export type RunResult = z.infer<typeof runResult>;
