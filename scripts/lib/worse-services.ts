/** Services made worse on purpose, and what the rows of the matrix must say of each. */
import type { GrowthLimit } from '../../harness/growth.ts';
import type { RunResult, ScenarioResult } from '../../harness/result.ts';
import type { SettingValues } from '../../scenarios/lib/declaration.ts';

interface Shown {
  says: string;
  /** `healthy` is a run of the matrix on the service as it is. */
  holds(run: RunResult, healthy: RunResult | null): boolean;
}

export interface WorseService {
  name: string;
  settings: SettingValues;
  /** Round trip of the link, where it differs from the matrix's. */
  linkMs?: number;
  shows: Shown[];
}

const rowOf = ({ scenarios }: RunResult, row: string): ScenarioResult | undefined =>
  scenarios.find(({ name }) => name === row);

const verdictOf = (run: RunResult, row: string, id: string): string | undefined =>
  rowOf(run, row)?.criteria.find((criterion) => criterion.id === id)?.verdict;

const fails = (row: string, id: string): Shown => ({
  says: `${row} fails by ${id}`,
  holds: (run) => verdictOf(run, row, id) === 'fail',
});

const first = (...ids: readonly string[]): Shown => ({
  says: `the first limit is ${ids.join(' or ')}`,
  holds: ({ growth }) => growth?.first != null && ids.includes(growth.first),
});

const meanOf = (run: RunResult, row: string, measure: string): number | null => {
  const growth = rowOf(run, row)?.growth;
  const values = (growth?.measures[measure]?.values ?? []).filter((value) => value !== null);
  return values.length === 0 ? null : values.reduce((total, value) => total + value, 0) / values.length;
};

const waitsLonger = (row: string, than: string, times: number): Shown => ({
  says: `a connection of the app pool is waited for ${times} times as long in ${row} as in ${than}`,
  holds: (run) => {
    const [many, few] = [row, than].map((one) => meanOf(run, one, 'app-pool-wait'));
    return many != null && few != null && many >= times * Math.max(1, few);
  },
});

/** A count: unlike busy connections it does not depend on how fast the machine is at the moment. */
const queriesPerJobOf = (run: RunResult, row: string): number | null =>
  rowOf(run, row)?.figures['queriesPerJob'] ?? null;

const asks = (row: string, times: number): Shown => ({
  says: `a job of ${row} asks ${times} times as many queries as that of the healthy service`,
  holds: (run, healthy) => {
    const worse = queriesPerJobOf(run, row);
    const before = healthy === null ? null : queriesPerJobOf(healthy, row);
    return worse !== null && before !== null && worse >= times * before;
  },
});

const limitOf = ({ growth }: RunResult, id: string): GrowthLimit | undefined =>
  growth?.limits.find((limit) => limit.id === id);

const metBefore = (id: string, factor: number): Shown => ({
  says: `${id} is met before ${factor} times the load`,
  holds: (run) => (limitOf(run, id)?.factor ?? Infinity) < factor,
});

const metSooner = (id: string): Shown => ({
  says: `${id} is met at a lower load than by the healthy service`,
  holds: (run, healthy) => {
    const before = healthy === null ? null : limitOf(healthy, id)?.factor;
    return before != null && (limitOf(run, id)?.factor ?? Infinity) < before;
  },
});

/** The service as it is, which the others are compared with. */
export const healthyService = 'healthy';

export const worseServices: readonly WorseService[] = [
  { name: healthyService, settings: {}, shows: [first('busy-workers')] },
  {
    name: 'pool-of-two',
    settings: { appPoolMax: 2, warmConnections: 2, connectionTimeoutMillis: 300 },
    shows: [fails('5x', 'connection-timeouts')],
  },
  {
    name: 'pool-of-four',
    settings: { appPoolMax: 4, warmConnections: 4 },
    shows: [first('app-pool'), waitsLonger('5x', 'baseline', 5)],
  },
  // A claim takes one round trip, some 16 ms: four at once are 250 a second, where the workers do 48. Few slots hold
  // nothing back, and naming them would be wrong.
  { name: 'slots-of-four', settings: { dbQueueMaxConcurrency: 4 }, shows: [first('busy-workers', 'cpu-database')] },
  // Twice the distance: what a task holds its connection and its worker for doubles, so the workers are busy sooner.
  {
    name: 'long-link',
    settings: {},
    linkMs: 30,
    shows: [first('busy-workers', 'workers'), metBefore('busy-workers', 5)],
  },
  { name: 'burnt-cpu', settings: { burnCpuMsPerRequest: 8 }, shows: [first('cpu-service')] },
  // Of the nine statements of a task one becomes three or four: the tasks of its job, and the page of each. It is
  // looked for in the burst, which does the most jobs: queries a job scatter there by 0.7 %, over twenty matrices of
  // the healthy service, where busy connections of 5x scatter by 6 %.
  {
    name: 'n-plus-one',
    settings: { duplicatesRowByRow: true },
    shows: [first('busy-workers', 'cpu-database'), asks('burst', 1.1), metSooner('busy-workers')],
  },
];
