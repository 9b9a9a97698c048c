/** The border at which a scenario's declaration is checked: shape by zod, sense by rules that shape cannot say. */
import { z } from 'zod';
import type { ScenarioDeclaration, StepDeclaration, SymptomDeclaration } from '../../scenarios/lib/declaration.ts';
import { incidentFindings } from './incident-rules.ts';

const text = z.string().min(1);
const count = z.number().int().nonnegative();
const positiveCount = z.number().int().positive();
const duration = z.number().nonnegative();
const comparator = z.enum(['<', '<=', '=', '>=', '>']);
const settingValues = z.record(text, z.union([z.string(), z.number(), z.boolean()]));

const phase = z.strictObject({
  name: text,
  kind: z.enum(['warmup', 'steady', 'burst', 'recovery', 'rest']),
  fullSeconds: z.number().positive(),
  floorSeconds: z.number().positive(),
  activeJobs: z.union([count, z.tuple([count, count])]),
});

const environment = z.strictObject({
  route: z.enum(['pooler', 'direct']).nullish(),
  replicas: positiveCount.nullish(),
  stack: z
    .strictObject({
      maxConnections: positiveCount.nullish(),
      roleConnectionLimit: positiveCount.nullish(),
      poolers: positiveCount.nullish(),
      poolerPoolSize: positiveCount.nullish(),
      poolerMaxClientConn: positiveCount.nullish(),
      poolerQueryWaitTimeoutSeconds: duration.nullish(),
      poolerServerLoginRetrySeconds: duration.nullish(),
      databaseLinkLatencyMs: duration.nullish(),
      proxies: z.boolean().nullish(),
      postgres: z.record(text, z.string()).nullish(),
    })
    .nullish(),
  service: settingValues.nullish(),
});

const step = z.strictObject({
  phase: text,
  atSeconds: duration.nullish(),
  atShare: z.number().min(0).max(1).nullish(),
  do: z.enum(['restart', 'roll', 'sql', 'inject', 'heal'], {
    error: 'is not a step that the harness knows: restart, roll, sql, inject, heal',
  }),
  times: positiveCount.nullish(),
  settings: settingValues.nullish(),
  failsWith: text.nullish(),
  fault: text.nullish(),
  with: settingValues.nullish(),
  holdSeconds: duration.nullish(),
  sql: text.nullish(),
  variants: z.array(text).nullish(),
});

const observe = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('log'),
    component: z.enum(['service', 'pooler', 'database']),
    contains: text,
    atLeast: positiveCount.nullish(),
    withinSeconds: duration.nullish(),
  }),
  z.strictObject({
    kind: z.literal('series'),
    series: text,
    labels: z.record(text, z.string()).nullish(),
    minus: z.strictObject({ series: text, labels: z.record(text, z.string()).nullish() }).nullish(),
    statistic: z.enum(['max', 'min', 'last', 'first', 'sum', 'delta']),
    comparator,
    value: z.number(),
    fromSeconds: duration.nullish(),
    withinSeconds: duration.nullish(),
    phase: text.nullish(),
  }),
  z.strictObject({ kind: z.literal('sql'), query: text, comparator, value: z.number() }),
]);

const symptom = z.strictObject({ id: text, title: text, tag: z.enum(['exact', 'shape', 'claim']), observe });
const criterion = z.strictObject({
  id: text,
  value: z.number().nullish(),
  comparator: comparator.nullish(),
  notApplicable: text.nullish(),
});

const variant = z.strictObject({
  name: text,
  title: text,
  settings: settingValues,
  expected: z.enum(['pass', 'symptoms']),
  symptoms: z.array(symptom).nullish(),
  criteria: z.array(criterion).nullish(),
  reference: environment.nullish(),
  note: text.nullish(),
});

const declaration = z.strictObject({
  schema: z.literal('pgsurge.scenario/1'),
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, { error: 'is not lower-case words joined by hyphens' }),
  group: z.enum(['matrix', 'incidents', 'chaos']),
  title: text,
  purpose: text,
  seeds: z.array(text),
  story: z.strictObject({ happened: text, cause: text, symptom: text, remedy: text }).nullish(),
  environment,
  load: z.strictObject({
    phases: z.array(phase).min(1, { error: 'is empty: a scenario has at least one phase' }),
    interactivePerSecond: z.number().int().nonnegative(),
    nominalJobsPerActiveJobMinute: z.number().positive().nullish(),
  }),
  steps: z.array(step).nullish(),
  variants: z.array(variant).min(1, { error: 'is empty: a scenario has at least one variant' }),
  criteria: z.array(criterion),
  symptoms: z.array(symptom).nullish(),
  claims: z
    .array(
      z.strictObject({
        text,
        seed: text,
        measure: observe.nullish(),
        variant: text.nullish(),
        refuted: text.nullish(),
      }),
    )
    .nullish(),
  expectation: z
    .strictObject({
      allowedErrors: z.array(text),
      recoverySeconds: z.number().positive(),
      floors: z.array(z.strictObject({ name: text, seconds: duration })),
    })
    .nullish(),
}) satisfies z.ZodType<ScenarioDeclaration>;

/** A place in the declaration and what is wrong there: `load.phases[1].name "steady" is used twice`. */
type Finding = string;

const repeated = (place: string, field: string, values: readonly string[]): Finding[] =>
  values.flatMap((value, position) =>
    values.indexOf(value) < position ? [`${place}[${position}].${field} "${value}" is used twice`] : [],
  );

const unknownNames = (
  place: string,
  values: readonly (string | null | undefined)[],
  known: readonly string[],
  what: string,
): Finding[] =>
  values.flatMap((value) =>
    value === null || value === undefined || known.includes(value)
      ? []
      : [`${place} "${value}" is not a ${what}: ${known.join(', ')}`],
  );

const findingsOfStep = (step: StepDeclaration, place: string, { load, variants }: ScenarioDeclaration): Finding[] => {
  const phases = load.phases.map(({ name }) => name);
  const both = typeof step.atSeconds === 'number' && typeof step.atShare === 'number';
  const neither = typeof step.atSeconds !== 'number' && typeof step.atShare !== 'number';
  const needs = { inject: 'fault', heal: 'fault', sql: 'sql', restart: null, roll: null } as const;
  const need = needs[step.do];
  return [
    ...unknownNames(`${place}.phase`, [step.phase], phases, 'phase of this scenario'),
    ...(step.variants ?? []).flatMap((name, index) =>
      unknownNames(
        `${place}.variants[${index}]`,
        [name],
        variants.map((variant) => variant.name),
        'variant of this scenario',
      ),
    ),
    ...(both ? [`${place} has both atSeconds and atShare: keep one`] : []),
    ...(neither ? [`${place} has neither atSeconds nor atShare: when does it happen?`] : []),
    ...(step.settings != null && step.do !== 'restart' ? [`${place}.settings is for restart only`] : []),
    ...(step.failsWith != null && step.do !== 'sql' ? [`${place}.failsWith is for sql only`] : []),
    ...(need !== null && !step[need] ? [`${place}.${need} is missing: "${step.do}" needs it`] : []),
  ];
};

const findingsOfSymptoms = (
  symptoms: readonly SymptomDeclaration[],
  place: string,
  phases: readonly string[],
): Finding[] => [
  ...repeated(
    place,
    'id',
    symptoms.map(({ id }) => id),
  ),
  ...symptoms.flatMap(({ observe: seen }, position) =>
    seen.kind === 'series'
      ? unknownNames(`${place}[${position}].observe.phase`, [seen.phase], phases, 'phase of this scenario')
      : [],
  ),
];

/** What shape alone cannot say. */
const findingsOf = (scenario: ScenarioDeclaration): Finding[] => {
  const phases = scenario.load.phases.map(({ name }) => name);
  const variants = scenario.variants.map(({ name }) => name);
  return [
    ...repeated('load.phases', 'name', phases),
    ...repeated('variants', 'name', variants),
    ...repeated(
      'criteria',
      'id',
      scenario.criteria.map(({ id }) => id),
    ),
    ...scenario.load.phases.flatMap(({ fullSeconds, floorSeconds }, position) =>
      floorSeconds > fullSeconds
        ? [`load.phases[${position}].floorSeconds ${floorSeconds} is longer than fullSeconds ${fullSeconds}`]
        : [],
    ),
    ...(scenario.load.phases.every(({ kind }) => kind === 'warmup')
      ? ['load.phases has only warm-up: nothing would be judged']
      : []),
    ...(scenario.steps ?? []).flatMap((step, position) => findingsOfStep(step, `steps[${position}]`, scenario)),
    ...findingsOfSymptoms(scenario.symptoms ?? [], 'symptoms', phases),
    ...scenario.variants.flatMap((variant, position) => [
      ...findingsOfSymptoms(variant.symptoms ?? [], `variants[${position}].symptoms`, phases),
      ...(variant.expected === 'symptoms' && (variant.symptoms ?? scenario.symptoms ?? []).length === 0
        ? [
            `variants[${position}].symptoms is missing: "${variant.name}" expects symptoms, and neither it nor the scenario declares any`,
          ]
        : []),
    ]),
    ...incidentFindings(scenario),
    ...(scenario.claims ?? []).flatMap((claim, position) =>
      unknownNames(`claims[${position}].variant`, [claim.variant], variants, 'variant of this scenario'),
    ),
  ];
};

const pathOf = (parts: readonly PropertyKey[]): string =>
  parts
    .map((part, position) => (typeof part === 'number' ? `[${part}]` : `${position === 0 ? '' : '.'}${String(part)}`))
    .join('');

const valueAt = (value: unknown, parts: readonly PropertyKey[]): unknown =>
  parts.reduce<unknown>((inner, part) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[part], value);

const findingOfIssue = (issue: z.core.$ZodIssue, value: unknown): Finding => {
  const found = valueAt(value, issue.path);
  const shown = typeof found === 'string' || typeof found === 'number' ? ` ${JSON.stringify(found)}` : '';
  return `${pathOf(issue.path) || 'the declaration'}${shown}: ${issue.message}`;
};

/** A declaration that can be run, or what is wrong with it, each on one line that names the place. */
export const parseDeclaration = (
  value: unknown,
): { ok: true; declaration: ScenarioDeclaration } | { ok: false; findings: Finding[] } => {
  const parsed = declaration.safeParse(value);
  if (!parsed.success) return { ok: false, findings: parsed.error.issues.map((issue) => findingOfIssue(issue, value)) };
  const findings = findingsOf(parsed.data);
  return findings.length === 0 ? { ok: true, declaration: parsed.data } : { ok: false, findings };
};
