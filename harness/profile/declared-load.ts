/** What a stranger's script declares of its load and keeps of it, in k6's own options. */
import { z } from 'zod';
import type { ScriptLoad } from '../result.ts';
import { goDurationSeconds, loadOptions, loadSeconds } from './script-load.ts';

const stages = z.array(z.object({ target: z.number().nullish() }).loose()).nullish();
const executor = z.object({
  executor: z.string(),
  timeUnit: z.string().nullish(),
  rate: z.number().nullish(),
  startRate: z.number().nullish(),
  vus: z.number().nullish(),
  startVUs: z.number().nullish(),
  preAllocatedVUs: z.number().nullish(),
  maxVUs: z.number().nullish(),
  stages,
  gracefulStop: z.string().nullish(),
  gracefulRampDown: z.string().nullish(),
});
type Executor = z.infer<typeof executor>;

const threshold = z.union([z.string(), z.object({ threshold: z.string(), abortOnFail: z.boolean().nullish() })]);

const declared = z.object({
  vus: z.number().nullish(),
  stages,
  scenarios: z.record(z.string(), executor).nullish(),
  thresholds: z.record(z.string(), z.array(threshold).nullish()).nullish(),
  systemTags: z.array(z.string()).nullish(),
  summaryTrendStats: z.array(z.string()).nullish(),
  setupTimeout: z.string().nullish(),
  teardownTimeout: z.string().nullish(),
});
type Declared = z.infer<typeof declared>;

const isOpen = ({ executor: kind }: Executor): boolean => kind.endsWith('arrival-rate');

const most = (values: readonly (number | null | undefined)[]): number =>
  values.reduce<number>((high, value) => Math.max(high, value ?? 0), 0);

const targetsOf = (of: z.infer<typeof stages>): (number | null | undefined)[] => (of ?? []).map(({ target }) => target);

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const usersOf = (one: Executor): number =>
  isOpen(one) ? most([one.maxVUs, one.preAllocatedVUs]) : most([one.vus ?? 1, one.startVUs, ...targetsOf(one.stages)]);

const perSecondOf = ({ rate, startRate, stages: steps, timeUnit }: Executor): number =>
  most([rate, startRate, ...targetsOf(steps)]) / (goDurationSeconds(timeUnit ?? '') || 1);

/** Without scenarios its users are in a loop: `vus` of them, or as the stages say. */
const executorsOf = ({ scenarios, vus, stages: steps }: Declared): Executor[] => {
  const named = Object.values(scenarios ?? {});
  return named.length > 0 ? named : [{ executor: 'constant-vus', vus: vus ?? 1, stages: steps }];
};

const abortingOf = ({ thresholds }: Declared): ScriptLoad['aborting'] =>
  Object.entries(thresholds ?? {}).flatMap(([metric, expressions]) =>
    (expressions ?? []).flatMap((one) =>
      typeof one === 'object' && one.abortOnFail === true ? [{ metric, expression: one.threshold }] : [],
    ),
  );

/** k6's own of setup, teardown and the last iterations, where the script says none. */
const usualTimeout = '1m';
const usualGrace = '30s';

const graceSecondsOf = (one: Executor): number =>
  most([one.gracefulStop ?? usualGrace, one.gracefulRampDown ?? usualGrace].map(goDurationSeconds));

const graceOf = (said: Declared): number =>
  goDurationSeconds(said.setupTimeout ?? usualTimeout) +
  goDurationSeconds(said.teardownTimeout ?? usualTimeout) +
  most(executorsOf(said).map(graceSecondsOf));

/** k6's own, where neither script nor command line names others. */
const usualTags =
  'check,error,error_code,expected_response,group,method,name,proto,scenario,service,status,subproto,tls_version,url';
const usualStats = 'avg,min,med,max,p(90),p(95)';

/** Null where these are no options of k6's. */
export const declaredLoadOf = (options: unknown): ScriptLoad | null => {
  const parsed = declared.safeParse(options);
  const timed = loadOptions.safeParse(options);
  if (!parsed.success || !timed.success) return null;
  const executors = executorsOf(parsed.data);
  const open = executors.filter(isOpen);
  return {
    seconds: loadSeconds(timed.data),
    users: sum(executors.map(usersOf)),
    perSecond: open.length === 0 ? null : sum(open.map(perSecondOf)),
    closed: open.length < executors.length,
    aborting: abortingOf(parsed.data),
    systemTags: parsed.data.systemTags ?? usualTags.split(','),
    trendStats: parsed.data.summaryTrendStats ?? usualStats.split(','),
    graceSeconds: graceOf(parsed.data),
  };
};
