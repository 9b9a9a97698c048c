/**
 * The shape of a declaration, as zod checks it. The types of `scenarios/lib/declaration.ts` say the same, and the
 * compiler holds the two together.
 */
import { z } from 'zod';
import { causeIds, type CauseId } from '../../scenarios/lib/causes.ts';
import type { ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';
import { poolerProducts } from '../servers/pooler-products.ts';

const text = z.string().min(1);
const count = z.number().int().nonnegative();
const positiveCount = z.number().int().positive();
const duration = z.number().nonnegative();
const comparator = z.enum(['<', '<=', '=', '>=', '>']);
const settingValues = z.record(text, z.union([z.string(), z.number(), z.boolean()]));
const labels = z.record(text, z.string());

const phase = z.strictObject({
  name: text,
  kind: z.enum(['warmup', 'steady', 'burst', 'recovery', 'rest']),
  fullSeconds: z.number().positive(),
  floorSeconds: z.number().positive(),
  activeJobs: z.union([count, z.tuple([count, count])]),
  clients: z.strictObject({ count, holdMs: duration, restSeconds: duration.nullish() }).nullish(),
});

const pooler = z.strictObject({
  mode: z.enum(['session', 'transaction', 'statement']).nullish(),
  poolSize: positiveCount.nullish(),
  minPoolSize: count.nullish(),
  reservePoolSize: count.nullish(),
  reservePoolTimeoutSeconds: duration.nullish(),
  maxDbConnections: count.nullish(),
  maxUserConnections: count.nullish(),
  maxClientConn: positiveCount.nullish(),
  maxPreparedStatements: count.nullish(),
  queryWaitTimeoutSeconds: duration.nullish(),
  clientIdleTimeoutSeconds: duration.nullish(),
  idleTransactionTimeoutSeconds: duration.nullish(),
  serverConnectTimeoutSeconds: duration.nullish(),
  serverIdleTimeoutSeconds: duration.nullish(),
  serverLifetimeSeconds: duration.nullish(),
  serverLoginRetrySeconds: duration.nullish(),
});

const role = z.strictObject({ connectionLimit: positiveCount.nullish() });
const roles = z.strictObject({ app: role.nullish(), listen: role.nullish() });
const route = z.enum(['pooler', 'direct']);
const rollout = z.enum(['at-once', 'one-by-one', 'canary']);

const isProduct = (name: string): boolean => (poolerProducts as readonly string[]).includes(name);
const poolerProduct = text.refine(isProduct, `is no pooler that pgsurge knows; choose ${poolerProducts.join(', ')}`);

const share = z.number().min(0).max(1);
const partner = z.strictObject({
  crawlMs: duration.nullish(),
  forbiddenShare: share.nullish(),
  failingShare: share.nullish(),
  stalledShare: share.nullish(),
  linksPerPage: positiveCount.nullish(),
});

const environment = z.strictObject({
  route: route.nullish(),
  replicas: positiveCount.nullish(),
  stack: z
    .strictObject({
      maxConnections: positiveCount.nullish(),
      poolerProduct: poolerProduct.nullish(),
      poolers: positiveCount.nullish(),
      linkMs: duration.nullish(),
      databaseLinkLatencyMs: duration.nullish(),
      neighbourSessions: count.nullish(),
      proxies: z.boolean().nullish(),
      tap: z.boolean().nullish(),
      postgres: z.record(text, z.string()).nullish(),
      partner: partner.nullish(),
    })
    .nullish(),
  pooler: pooler.nullish(),
  roles: roles.nullish(),
  service: settingValues.nullish(),
  budget: z.strictObject({ cores: z.number(), memoryBytes: z.number() }).nullish(),
});

const load = z.strictObject({
  phases: z.array(phase).min(1, { error: 'is empty: a scenario has at least one phase' }),
  interactivePerSecond: z.number().int().nonnegative(),
  users: z.enum(['jobs', 'notes']).nullish(),
  pagesPerJob: z.tuple([positiveCount, positiveCount]).nullish(),
});

const step = z.strictObject({
  phase: text,
  atSeconds: duration.nullish(),
  atShare: z.number().min(0).max(1).nullish(),
  do: z.enum(['restart', 'roll', 'restart-pooler', 'sql', 'inject', 'heal'], {
    error: 'is not a step that the harness knows: restart, roll, restart-pooler, sql, inject, heal',
  }),
  times: positiveCount.nullish(),
  settings: settingValues.nullish(),
  watch: z.strictObject({ fullSeconds: z.number().positive(), floorSeconds: z.number().positive() }).nullish(),
  pooler: count.nullish(),
  downSeconds: duration.nullish(),
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
    labels: labels.nullish(),
    minus: z.strictObject({ series: text, labels: labels.nullish() }).nullish(),
    statistic: z.enum(['max', 'min', 'last', 'first', 'sum', 'delta']),
    comparator,
    value: z.number(),
    fromSeconds: duration.nullish(),
    withinSeconds: duration.nullish(),
    phase: text.nullish(),
  }),
  z.strictObject({
    kind: z.literal('quantile'),
    series: text,
    labels: labels.nullish(),
    share: z.number().min(0).max(1),
    comparator,
    value: z.number(),
    phase: text.nullish(),
  }),
  z.strictObject({
    kind: z.literal('share'),
    series: text,
    labels: labels.nullish(),
    of: z.strictObject({ series: text, labels: labels.nullish() }),
    comparator,
    value: z.number(),
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
const claim = z.strictObject({
  text,
  seed: text,
  measure: observe.nullish(),
  variant: text.nullish(),
  relativeTo: text.nullish(),
  refuted: text.nullish(),
});

const cause: z.ZodType<CauseId> = z.enum(causeIds, {
  error: 'is no cause that a diagnosis names; they are listed in scenarios/lib/causes.ts',
});
const diagnosis = z.strictObject({ cause, notCauses: z.array(cause).nullish() });

const variant = z.strictObject({
  name: text,
  title: text,
  service: settingValues.nullish(),
  pooler: pooler.nullish(),
  roles: roles.nullish(),
  route: route.nullish(),
  rollout: rollout.nullish(),
  expected: z.enum(['pass', 'symptoms']),
  symptoms: z.array(symptom).nullish(),
  proofs: z.array(symptom).nullish(),
  criteria: z.array(criterion).nullish(),
  reference: environment.extend({ load: load.partial().nullish() }).nullish(),
  diagnosis: diagnosis.nullish(),
  note: text.nullish(),
});

export const declarationShape = z.strictObject({
  schema: z.literal('pgsurge.scenario/1'),
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, { error: 'is not lower-case words joined by hyphens' }),
  group: z.enum(['matrix', 'incidents', 'chaos']),
  title: text,
  purpose: text,
  seeds: z.array(text),
  story: z.strictObject({ happened: text, cause: text, symptom: text, remedy: text }).nullish(),
  environment,
  load,
  steps: z.array(step).nullish(),
  variants: z.array(variant).min(1, { error: 'is empty: a scenario has at least one variant' }),
  criteria: z.array(criterion),
  symptoms: z.array(symptom).nullish(),
  proofs: z.array(symptom).nullish(),
  claims: z.array(claim).nullish(),
  keyCharts: z.array(text).nullish(),
  expectation: z
    .strictObject({
      allowedErrors: z.array(text),
      recoverySeconds: z.number().positive(),
      floors: z.array(z.strictObject({ name: text, seconds: duration })),
    })
    .nullish(),
});

/** No file declares the group `external`, nor a script's load: the harness makes them of a stranger's script. */
type Declared = Omit<ScenarioDeclaration, 'group' | 'script'> & {
  group: Exclude<ScenarioDeclaration['group'], 'external'>;
};

/** Every field and what it may hold, "optional" and "null" aside: of two types that agree, these are the same. */
type Fields<Type> = Type extends readonly (infer Element)[]
  ? Fields<Element>[]
  : Type extends object
    ? { [Name in keyof Type]-?: Fields<NonNullable<Type[Name]>> }
    : Type;
type Same<A, B> = (<Probe>() => Probe extends A ? 1 : 2) extends <Probe>() => Probe extends B ? 1 : 2 ? true : false;

/** Does not compile where a field, or a value that it may take, stands in one of the two only. */
true satisfies Same<Fields<z.infer<typeof declarationShape>>, Fields<Declared>>;
declarationShape satisfies z.ZodType<Declared>;
