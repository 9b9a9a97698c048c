/**
 * Turns a declaration into k6 options. The only file that reads k6's environment:
 * PGSURGE_PROFILE (its name, for whoever reads the command line), PGSURGE_PHASES (JSON of `ScaledPhase[]`),
 * PGSURGE_INTERACTIVE_PER_SECOND (a reference variant may have another rate than the scenario), TARGET_URL,
 * PGSURGE_ALLOW_HOST, PGSURGE_SEED, PGSURGE_SUMMARY (file for the end figures; set by the harness).
 * None is needed: a bare `k6 run FILE` is the smoke load against http://127.0.0.1:8080.
 */
import exec from 'k6/execution';
import http from 'k6/http';
import type { Options, Scenario } from 'k6/options';
import type { PhaseDeclaration, ScenarioDeclaration } from './declaration.ts';

/** A phase on the load's own clock: ms from the instant k6 starts. */
export interface ScaledPhase {
  name: string;
  kind: PhaseDeclaration['kind'];
  startMs: number;
  endMs: number;
  activeJobs: PhaseDeclaration['activeJobs'];
  clients?: PhaseDeclaration['clients'];
}

/** What one run of a script is told from outside. */
export interface LoadPlan {
  phases: readonly ScaledPhase[];
  endMs: number;
  interactivePerSecond: number;
  /** Least and most pages of a job. */
  pagesPerJob: readonly [number, number];
  targetUrl: string;
  seed: number;
  /** Null in a bare `k6 run`. */
  summaryFile: string | null;
}

/** How long a job that is active when its user leaves may still take before k6 cuts it. */
const gracefulStop = '10s';
/** A slow answer holds its user; with users for this long at the full rate, only a slow generator drops iterations. */
const interactiveHoldSeconds = 12;
/** Statuses the service answers by design: 429 is a refusal, counted apart, not a failed request. */
const designedStatuses = http.expectedStatuses(200, 201, 429);

const usualPages = [2, 4] as const;

const loopbackHosts = ['127.0.0.1', 'localhost', '[::1]'];

const checkedTargetUrl = (url: string, allowedHost: string | undefined): string => {
  const host = /^https?:\/\/(?:[^@/]*@)?(\[[^\]]+\]|[^:/?#]+)/.exec(url)?.[1];
  if (host === undefined) throw new Error(`TARGET_URL is not an http URL: ${url}`);
  if (loopbackHosts.includes(host) || host === allowedHost) return url.replace(/\/+$/, '');
  throw new Error(
    `TARGET_URL names ${host}, which is not loopback: set PGSURGE_ALLOW_HOST=${host} if you own it and may load it`,
  );
};

const smokePhases = (phases: readonly PhaseDeclaration[]): ScaledPhase[] => {
  let startMs = 0;
  return phases.map(({ name, kind, floorSeconds, activeJobs, clients }) => {
    const phase = { name, kind, startMs, endMs: startMs + floorSeconds * 1000, activeJobs, clients };
    startMs = phase.endMs;
    return phase;
  });
};

const readPlan = (declaration: ScenarioDeclaration): LoadPlan => {
  const given = __ENV['PGSURGE_PHASES'];
  const phases = given ? (JSON.parse(given) as ScaledPhase[]) : smokePhases(declaration.load.phases);
  return {
    phases,
    endMs: phases[phases.length - 1]?.endMs ?? 0,
    interactivePerSecond: Number(__ENV['PGSURGE_INTERACTIVE_PER_SECOND'] || declaration.load.interactivePerSecond),
    pagesPerJob: declaration.load.pagesPerJob ?? usualPages,
    targetUrl: checkedTargetUrl(__ENV['TARGET_URL'] || 'http://127.0.0.1:8080', __ENV['PGSURGE_ALLOW_HOST']),
    seed: Number(__ENV['PGSURGE_SEED'] || 1),
    summaryFile: __ENV['PGSURGE_SUMMARY'] || null,
  };
};

let plan: LoadPlan | null = null;

/** The plan of the script that is running; `defineScenario` made it. */
export const currentPlan = (): LoadPlan => {
  if (plan === null)
    throw new Error('defineScenario was not called: a scenario starts with export const options = defineScenario({…})');
  return plan;
};

/** The phase at this instant; the last one for what outlasts the plan. */
export const currentPhase = (): ScaledPhase => {
  const { phases } = currentPlan();
  const nowMs = exec.instance.currentTestRunDuration;
  const phase = phases.find(({ endMs }) => nowMs < endMs) ?? phases[phases.length - 1];
  if (phase === undefined) throw new Error('the scenario has no phases');
  return phase;
};

/** Ms until the plan ends; negative afterwards. */
export const remainingMs = (): number => currentPlan().endMs - exec.instance.currentTestRunDuration;

const bounds = (activeJobs: PhaseDeclaration['activeJobs']): [number, number] =>
  Array.isArray(activeJobs) ? activeJobs : [activeJobs, activeJobs];

/** One virtual user keeps one job active. A stage of no length jumps to the phase's first value. */
const jobs = (phases: readonly ScaledPhase[]): Scenario => ({
  executor: 'ramping-vus',
  exec: 'activeJob',
  startVUs: bounds(phases[0]?.activeJobs ?? 0)[0],
  stages: phases.flatMap(({ startMs, endMs, activeJobs }) => {
    const [from, to] = bounds(activeJobs);
    return [
      { duration: '0s', target: from },
      { duration: `${endMs - startMs}ms`, target: to },
    ];
  }),
  gracefulRampDown: gracefulStop,
  gracefulStop,
  tags: { kind: 'job' },
});

/** Making a user takes k6 tens of ms: where a fault stops all answers at once, those that wait must be there before. */
const stallSeconds = 6;

const interactive = (perSecond: number, endMs: number, stalls: boolean): Scenario => ({
  executor: 'constant-arrival-rate',
  exec: 'interactive',
  rate: perSecond,
  timeUnit: '1s',
  duration: `${endMs}ms`,
  preAllocatedVUs: Math.max(10, Math.ceil(perSecond * (stalls ? stallSeconds : 1))),
  maxVUs: Math.max(20, Math.ceil(perSecond * interactiveHoldSeconds)),
  gracefulStop,
  tags: { kind: 'interactive' },
});

const hasJobs = (phases: readonly ScaledPhase[]): boolean =>
  phases.some(({ activeJobs }) => bounds(activeJobs).some((users) => users > 0));

/** As many clients at once as the phase says, from its first instant on. */
const clients = (phases: readonly ScaledPhase[]): Scenario => ({
  executor: 'ramping-vus',
  exec: 'client',
  startVUs: phases[0]?.clients?.count ?? 0,
  stages: phases.flatMap(({ startMs, endMs, clients: asking }) => [
    { duration: '0s', target: asking?.count ?? 0 },
    { duration: `${endMs - startMs}ms`, target: asking?.count ?? 0 },
  ]),
  gracefulRampDown: gracefulStop,
  gracefulStop,
  tags: { kind: 'interactive' },
});

const hasClients = (phases: readonly ScaledPhase[]): boolean =>
  phases.some(({ clients: asking }) => (asking?.count ?? 0) > 0);

const loadScenarios = (
  { steps }: ScenarioDeclaration,
  { phases, endMs, interactivePerSecond }: LoadPlan,
): { [name: string]: Scenario } => {
  const stalls = steps?.some((step) => step.do === 'inject') === true;
  return {
    ...(hasJobs(phases) ? { jobs: jobs(phases) } : {}),
    ...(hasClients(phases) ? { clients: clients(phases) } : {}),
    ...(interactivePerSecond > 0 ? { interactive: interactive(interactivePerSecond, endMs, stalls) } : {}),
  };
};

/** Call once, at the top of a scenario: `export const options = defineScenario({…})`. */
export const defineScenario = (declaration: ScenarioDeclaration): Options => {
  plan = readPlan(declaration);
  http.setResponseCallback(designedStatuses);
  return {
    scenarios: loadScenarios(declaration, plan),
    ext: { pgsurge: declaration },
    summaryTrendStats: ['avg', 'min', 'med', 'max', 'p(50)', 'p(95)', 'p(99)', 'p(99.9)', 'count'],
    // What the series table of docs/architecture.md needs and no more: each further tag costs the output time.
    systemTags: ['name', 'status', 'error_code', 'expected_response'],
    userAgent: 'pgsurge-load',
    noConnectionReuse: false,
    discardResponseBodies: false,
  };
};
