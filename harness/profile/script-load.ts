/** What load a stranger's k6 script says, in k6's own options, and how long it lasts. */
import { z } from 'zod';

const stages = z.array(z.object({ duration: z.string().nullish() }).loose()).nullish();
const executor = z
  .object({
    executor: z.string(),
    startTime: z.string().nullish(),
    duration: z.string().nullish(),
    maxDuration: z.string().nullish(),
    iterations: z.number().nullish(),
    stages,
  })
  .loose();

/** As `k6 archive` writes them down: those of the script, under those of its options file and of the command line. */
export const loadOptions = z.object({
  vus: z.number().nullish(),
  duration: z.string().nullish(),
  iterations: z.number().nullish(),
  stages,
  scenarios: z.record(z.string(), executor).nullish(),
});
export type LoadOptions = z.infer<typeof loadOptions>;

const unitSeconds: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 0.001, µs: 1e-6, us: 1e-6, ns: 1e-9 };

/** Go's words for a duration: 1h2m3s, 24s, 500ms. */
export const goDurationSeconds = (text: string): number =>
  [...text.matchAll(/([\d.]+)(ms|µs|us|ns|h|m|s)/g)].reduce(
    (total, [, amount, unit]) => total + Number(amount) * (unitSeconds[unit ?? ''] ?? 0),
    0,
  );

/** k6's own limit of a number of iterations that says none. */
const iterationsLimit = '10m';

const stagesSeconds = (of: NonNullable<LoadOptions['stages']>): number =>
  of.reduce((total, { duration }) => total + goDurationSeconds(duration ?? ''), 0);

const secondsOf = (one: z.infer<typeof executor>): number => {
  const startsAt = goDurationSeconds(one.startTime ?? '');
  if (one.stages != null) return startsAt + stagesSeconds(one.stages);
  return startsAt + goDurationSeconds(one.duration ?? one.maxDuration ?? iterationsLimit);
};

/** One iteration is what k6 runs where nothing is said, and nothing can be judged by. */
const isOneIteration = ({ executor: kind, iterations }: z.infer<typeof executor>): boolean =>
  kind.endsWith('-iterations') && (iterations ?? 1) <= 1;

/** Users alone are none: k6 would run one iteration of each. A duration beside iterations only limits them. */
export const saysLoad = ({ scenarios, stages: steps, duration, iterations }: LoadOptions): boolean => {
  const named = Object.values(scenarios ?? {});
  if (named.length > 0) return !named.every(isOneIteration);
  return iterations == null ? (steps ?? []).length > 0 || duration != null : iterations > 1;
};

/** How long it lasts, without the grace that its last iterations get; at most so long where iterations are counted. */
export const loadSeconds = ({ scenarios, stages: steps, duration }: LoadOptions): number => {
  const named = Object.values(scenarios ?? {});
  if (named.length > 0) return Math.max(...named.map(secondsOf));
  return steps != null && steps.length > 0 ? stagesSeconds(steps) : goDurationSeconds(duration ?? iterationsLimit);
};

/** Variables, tags and the function's name do not make it another load. */
const withoutLabels = (one: z.infer<typeof executor>): object => ({ ...one, env: null, tags: null });

/** The same text for the same load. */
export const loadText = ({ scenarios, ...rest }: LoadOptions): string =>
  JSON.stringify([rest, Object.entries(scenarios ?? {}).map(([name, one]) => [name, withoutLabels(one)])]);
