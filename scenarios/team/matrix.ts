/**
 * `pgsurge/k6`: the four rows of the matrix out of one journey of a team's k6 script.
 *
 *     export const options = matrix({ journey: 'default', baseline: 10 });
 *
 * One row runs at a time. The harness names it by PGSURGE_ROW and gives its phases as PGSURGE_PHASES; a bare `k6 run`
 * is the row `baseline` with its shortest phases. k6 fixes the tags of a request when it is sent, so each request is
 * tagged with the phase in which that happens.
 */
import exec from 'k6/execution';
import http from 'k6/http';
import type { Options, Scenario, Stage } from 'k6/options';
import type { CriterionDeclaration, PhaseDeclaration } from '../lib/declaration.ts';
import type { JourneyDeclaration, JourneyPhase } from '../lib/journey.ts';

export interface JourneyMatrix {
  /** The exported function that is one user's journey: its name, or `default`. */
  journey: string;
  /** Users at the same time, or iterations a second: the most that an ordinary day brings. */
  baseline: number;
  /** `users` (default) walk the journey again and again; `rate` starts so many a second, whatever they take. */
  by?: 'users' | 'rate';
  title?: string;
  /** Bounds by the criterion's id, for all rows. */
  criteria?: Record<string, number>;
  /** By rate: how many users k6 may make at most; default 15 for each journey a second. */
  maxUsers?: number;
}

type Factor = number | [number, number];
type Stretch = [name: string, kind: PhaseDeclaration['kind'], full: number, floor: number, factor: Factor];

const noBurst: CriterionDeclaration = { id: 'burst-recovery', notApplicable: 'this load has no burst' };
const noRest: CriterionDeclaration = { id: 'memory-after-load', notApplicable: 'no rest follows this load' };

interface Row {
  title: string;
  phases: Stretch[];
  criteria: CriterionDeclaration[];
}

/**
 * As scenarios/matrix has them: lengths in seconds, whole and at least, and how many times the baseline. A trend needs
 * ten seconds.
 */
const rows: Record<string, Row> = {
  baseline: {
    title: 'Baseline load',
    phases: [
      ['warm-up', 'warmup', 60, 2, 0.5],
      ['steady', 'steady', 3600, 14, [0.5, 1]],
    ],
    criteria: [noBurst, noRest],
  },
  '2x': {
    title: 'Twice the load',
    phases: [
      ['warm-up', 'warmup', 60, 2, 2],
      ['steady', 'steady', 3600, 10, 2],
    ],
    criteria: [noBurst, noRest],
  },
  '5x': {
    title: 'Five times the load',
    phases: [
      ['warm-up', 'warmup', 60, 2, 5],
      ['steady', 'steady', 7200, 12, 5],
      ['rest', 'rest', 3600, 4, 0],
    ],
    criteria: [noBurst],
  },
  burst: {
    title: 'Burst and recovery',
    phases: [
      ['warm-up', 'warmup', 60, 2, 1],
      ['before', 'steady', 600, 4, 1],
      ['burst', 'burst', 300, 8, 10],
      ['recovery', 'recovery', 900, 12, 1],
    ],
    criteria: [noRest],
  },
};

const fields = ['journey', 'baseline', 'by', 'title', 'criteria', 'maxUsers'];

const refuse = (words: string): never => {
  throw new Error(`matrix: ${words}`);
};

/** The script may be JavaScript, where no compiler has looked at it. */
const checked = (of: JourneyMatrix): JourneyMatrix => {
  const unknown = Object.keys(of).find((name) => !fields.includes(name));
  if (unknown !== undefined) refuse(`${unknown} is no field; there are ${fields.join(', ')}`);
  if (typeof of.journey !== 'string' || of.journey === '') refuse("journey must name a function, as 'default'");
  if (!(typeof of.baseline === 'number' && of.baseline > 0 && of.baseline < Infinity))
    refuse(`baseline is ${JSON.stringify(of.baseline)}; it must be a number above 0`);
  if (of.by !== undefined && of.by !== 'users' && of.by !== 'rate')
    refuse(`by is ${JSON.stringify(of.by)}; it must be 'users' or 'rate'`);
  return of;
};

const amountsOf = (amount: JourneyPhase['amount']): [number, number] =>
  Array.isArray(amount) ? amount : [amount, amount];

/** A user is a whole one; half a journey a second is one every two. */
const amountOf = (factor: Factor, { baseline, by }: JourneyMatrix): JourneyPhase['amount'] => {
  const of = (one: number): number => (by === 'rate' ? one * baseline : Math.ceil(one * baseline));
  return Array.isArray(factor) ? [of(factor[0]), of(factor[1])] : of(factor);
};

interface ScaledPhase {
  name: string;
  startMs: number;
  endMs: number;
}

const shortest = (phases: readonly JourneyPhase[]): ScaledPhase[] => {
  let startMs = 0;
  return phases.map(({ name, floorSeconds }) => {
    const phase = { name, startMs, endMs: startMs + floorSeconds * 1000 };
    startMs = phase.endMs;
    return phase;
  });
};

const gracefulStop = '10s';

/** A stage of no length jumps to the phase's first value. */
const stagesOf = (phases: readonly JourneyPhase[], scaled: readonly ScaledPhase[], times: number): Stage[] =>
  phases.flatMap(({ amount }, index) => {
    const { startMs, endMs } = scaled[index]!;
    const [from, to] = amountsOf(amount).map((one) => Math.round(one * times)) as [number, number];
    return [
      { duration: '0s', target: from },
      { duration: `${endMs - startMs}ms`, target: to },
    ];
  });

const byUsers = (journey: string, phases: readonly JourneyPhase[], scaled: readonly ScaledPhase[]): Scenario => ({
  executor: 'ramping-vus',
  exec: journey,
  startVUs: amountsOf(phases[0]!.amount)[0],
  stages: stagesOf(phases, scaled, 1),
  gracefulRampDown: gracefulStop,
  gracefulStop,
});

/** k6 takes whole rates: by the minute a baseline of half a journey a second is one too. */
const secondsOfUnit = 60;
/** With users for so long at the highest rate, only a slow generator drops journeys. */
const usersPerRate = 15;

const byRate = (
  { journey, maxUsers }: JourneyMatrix,
  phases: readonly JourneyPhase[],
  scaled: readonly ScaledPhase[],
): Scenario => {
  const most = Math.max(...phases.flatMap(({ amount }) => amountsOf(amount)));
  const users = maxUsers ?? Math.max(20, Math.ceil(most * usersPerRate));
  return {
    executor: 'ramping-arrival-rate',
    exec: journey,
    startRate: Math.round(amountsOf(phases[0]!.amount)[0] * secondsOfUnit),
    timeUnit: `${secondsOfUnit}s`,
    stages: stagesOf(phases, scaled, secondsOfUnit),
    preAllocatedVUs: Math.min(users, Math.max(10, Math.ceil(most))),
    maxVUs: users,
    gracefulStop,
  };
};

/** Null where k6 calls a function once: in `setup` and `teardown` there is no scenario. */
const elapsedMs = (): number | null => {
  try {
    return Date.now() - exec.scenario.startTime;
  } catch {
    return null;
  }
};

/** The harness learns from it when the phases' clock stood at 0. A bare `k6 run` prints nothing. */
const noteStart = (elapsed: number): void => {
  if (!__ENV['PGSURGE_PHASES'] || exec.scenario.iterationInTest !== 0 || started) return;
  started = true;
  console.log(JSON.stringify({ e: 'start', t: Math.round(Date.now() - elapsed) }));
};
let started = false;

/** No script of a team's has a tag of this name. */
const phaseTag = 'pgsurge_phase';

const tagPhase = (scaled: readonly ScaledPhase[]): void => {
  const elapsed = elapsedMs();
  if (elapsed === null) return;
  const phase = scaled.find(({ endMs }) => elapsed < endMs) ?? scaled[scaled.length - 1]!;
  exec.vu.metrics.tags[phaseTag] = phase.name;
  noteStart(elapsed);
};

const methods = ['request', 'asyncRequest', 'batch', 'get', 'head', 'post', 'put', 'patch', 'del', 'options'] as const;
type Sending = (...given: unknown[]) => unknown;

/** `k6/http` is one object in each user, and a script that imports a single function of it gets the same one. */
const tagRequests = (scaled: readonly ScaledPhase[]): void => {
  const module = http as unknown as Record<(typeof methods)[number], Sending>;
  for (const method of methods) {
    const send = module[method];
    module[method] = (...given) => {
      tagPhase(scaled);
      return send(...given);
    };
  }
};

const rowOf = (name: string): Row =>
  rows[name] ?? refuse(`there is no row "${name}"; there are ${Object.keys(rows).join(', ')}`);

const declarationOf = (of: JourneyMatrix, name: string): JourneyDeclaration => {
  const { title, phases, criteria } = rowOf(name);
  return {
    schema: 'pgsurge.journey/1',
    row: name,
    rows: Object.keys(rows),
    title: of.title === undefined ? title : `${of.title}: ${title.toLowerCase()}`,
    by: of.by ?? 'users',
    phases: phases.map(([phase, kind, fullSeconds, floorSeconds, factor]) => ({
      name: phase,
      kind,
      fullSeconds,
      floorSeconds,
      amount: amountOf(factor, of),
    })),
    criteria: [...criteria, ...Object.entries(of.criteria ?? {}).map(([id, value]) => ({ id, value }))],
  };
};

/** Call once, at the top of the script: `export const options = matrix({ journey: 'default', baseline: 10 })`. */
export const matrix = (given: JourneyMatrix): Options => {
  const of = checked(given);
  const declaration = declarationOf(of, __ENV['PGSURGE_ROW'] || 'baseline');
  const { phases, by, row } = declaration;
  const plan = __ENV['PGSURGE_PHASES'];
  const scaled = plan ? (JSON.parse(plan) as ScaledPhase[]) : shortest(phases);
  tagRequests(scaled);
  return {
    scenarios: { [row]: by === 'rate' ? byRate(of, phases, scaled) : byUsers(of.journey, phases, scaled) },
    ext: { pgsurge: declaration },
  };
};
