#!/usr/bin/env node
/**
 * Whether the matrix occupies connections, in a saved run of it: how many of the app pools' connections were busy in
 * each row, that work grows with load, and that the burst piles tasks up which the recovery works off. The bounds are
 * those of the matrix's own sizing (docs/service.md). Exit 0 when all hold, 1 when one does not, 3 when one cannot be
 * told.
 *
 *     npx node scripts/check-matrix.ts [RUN] [--append FILE]
 *
 * With --append the figures, the commit and the load of the host are added to FILE as one line of JSON.
 */
import { appendFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { readRun } from '../harness/archive/read-run.ts';
import { loadSavedObservations } from '../harness/archive/saved-observations.ts';
import { busyIn, highestMeanIn, p95In, rateIn } from '../harness/grade/growth/seen.ts';
import type { GrowthEntry } from '../harness/grade/growth/measure.ts';
import type { Window } from '../harness/measure/tracks/windows.ts';
import type { PhaseResult, ScenarioResult } from '../harness/result.ts';

/** Two replicas with an app pool of 18 each. */
const connections = 36;
/** What has come back is looked at from 6 s after the burst on: until then the backlog may last, by its bound. */
const lastMs = 6000;

interface Figures {
  busyShare: number | null;
  transactionsPerSecond: number | null;
  queriesPerSecond: number | null;
  pendingTasks: number | null;
  dueToStartMsP95: number | null;
}

interface Check {
  title: string;
  holds: boolean | null;
  measured: string;
}

const figuresIn = (entry: GrowthEntry, stretch: Window): Figures => {
  const busy = busyIn(entry, 'db.client.connection.use_time', stretch);
  return {
    busyShare: busy === null ? null : busy / connections,
    transactionsPerSecond: rateIn(entry, 'pooler.transactions', stretch),
    queriesPerSecond: rateIn(entry, 'pooler.queries', stretch),
    pendingTasks: highestMeanIn(entry, 'tasks', stretch, { state: 'pending' }),
    dueToStartMsP95: p95In(entry, 'pgsurge.task.due_to_start', stretch, 1000),
  };
};

const windowOf = (phase: PhaseResult | undefined): Window =>
  phase === undefined ? { startMs: 0, endMs: 0 } : { startMs: phase.startMs, endMs: phase.endMs };

const short = (value: number | null): string => (value === null ? 'not seen' : String(Number(value.toPrecision(3))));
const percent = (share: number | null): string => (share === null ? 'not seen' : `${(100 * share).toFixed(1)} %`);

const within = (title: string, share: number | null, least: number, most: number): Check => ({
  title: `${title}: from ${100 * least} to ${100 * most} % of the connections are busy`,
  holds: share === null ? null : share >= least && share <= most,
  measured: percent(share),
});

const growing = (title: string, values: readonly (number | null)[]): Check => ({
  title: `${title} grow from baseline to 2x to 5x`,
  holds: values.includes(null) ? null : values.every((value, index) => index === 0 || value! > values[index - 1]!),
  measured: values.map(short).join(', '),
});

const ratio = (title: string, over: number | null, under: number | null, holds: (ratio: number) => boolean): Check => ({
  title,
  holds: over === null || under === null ? null : holds(over / Math.max(under, Number.EPSILON)),
  measured: `${short(over)} to ${short(under)}`,
});

const atLeast = (value: number | null, least: number): number | null =>
  value === null ? null : Math.max(least, value);

const checksOf = (rows: ReadonlyMap<string, Figures>): Check[] => {
  const of = (row: string): Figures => rows.get(row)!;
  const steps = ['baseline', '2x', '5x'].map(of);
  const [before, burst, after] = ['burst before', 'burst', 'burst after'].map(of) as [Figures, Figures, Figures];
  const piled = (of: number): boolean => of >= 3;
  const back = (of: number): boolean => of <= 1.2;
  // A queue that was empty before the burst is as it was with one task in it.
  const [pendingBefore, pendingAfter] = [before, after].map(({ pendingTasks }) => atLeast(pendingTasks, 1));
  return [
    within('baseline', steps[0]!.busyShare, 0.05, 0.15),
    within('5x', steps[2]!.busyShare, 0.25, 0.7),
    growing(
      'busy connections',
      steps.map(({ busyShare }) => busyShare),
    ),
    growing(
      'transactions a second',
      steps.map(({ transactionsPerSecond }) => transactionsPerSecond),
    ),
    growing(
      'queries a second',
      steps.map(({ queriesPerSecond }) => queriesPerSecond),
    ),
    ratio('the burst keeps 90 % of what 5x keeps busy', burst.busyShare, steps[2]!.busyShare, (of) => of >= 0.9),
    ratio('pending tasks rise to 3 times in the burst', burst.pendingTasks, pendingBefore!, piled),
    ratio('due to start, p95, rises to 3 times in the burst', burst.dueToStartMsP95, before.dueToStartMsP95, piled),
    ratio('pending tasks are back to 1.2 times after it', pendingAfter!, pendingBefore!, back),
    ratio('due to start, p95, is back to 1.2 times after it', after.dueToStartMsP95, before.dueToStartMsP95, back),
  ];
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { append: { type: 'string' } } });
const { folder, run } = readRun(positionals[0] ?? 'reports/latest', 'reports');

const entryOf = async (name: string): Promise<{ entry: GrowthEntry; result: ScenarioResult }> => {
  const result = run.scenarios.find((one) => one.name === name);
  const observations = result === undefined ? null : await loadSavedObservations(folder, result.entry);
  if (result === undefined || observations === null) throw new Error(`${folder} holds no samples of the row ${name}`);
  return { entry: { ...result, observations } as unknown as GrowthEntry, result };
};

const rows = new Map<string, Figures>();
for (const name of ['baseline', '2x', '5x']) {
  const { entry, result } = await entryOf(name);
  rows.set(name, figuresIn(entry, windowOf(result.phases?.find(({ kind }) => kind === 'steady'))));
}
const { entry, result } = await entryOf('burst');
const phase = (kind: string): Window => windowOf(result.phases?.find((one) => one.kind === kind));
const recovery = phase('recovery');
rows.set('burst before', figuresIn(entry, phase('steady')));
rows.set('burst', figuresIn(entry, phase('burst')));
rows.set('burst after', figuresIn(entry, { startMs: recovery.endMs - lastMs, endMs: recovery.endMs }));

const checks = checksOf(rows);
const words = new Map([
  [true, 'holds'],
  [false, 'does not hold'],
  [null, 'cannot be told'],
]);
for (const { title, holds, measured } of checks)
  process.stdout.write(`${words.get(holds)!.padEnd(15)} ${title}: ${measured}\n`);
if (values.append !== undefined) {
  const verdicts = run.scenarios.map(({ name, verdict }) => [name, verdict]);
  const line = { run: run.id, commit: run.git?.commit ?? null, load: loadavg(), verdicts, rows: [...rows], checks };
  appendFileSync(values.append, `${JSON.stringify(line)}\n`);
}
process.exitCode = checks.some(({ holds }) => holds === false) ? 1 : 0;
if (process.exitCode === 0 && checks.some(({ holds }) => holds === null)) process.exitCode = 3;
