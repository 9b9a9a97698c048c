/**
 * What the tap costs beside Toxiproxy and beside no proxy at all: p95 of a statement, cores and CPU time of a
 * statement, at stated rates. pgbench makes the load (`PGBENCH_BIN`, else the one on the PATH).
 *
 *   node scripts/tap-cost.ts [--pairs 10] [--seconds 5] [--rates 500,2000,8000] [--ways direct,tap,toxiproxy]
 *     [--results tap-cost.ndjson] [--minutes 4]
 *
 * In each round all ways come one after the other, so that what else goes on meets them alike; each round is written
 * to --results with the commit and the load of the machine before it. What is there already of this commit counts: a
 * series that was stopped, or whose --minutes were over, goes on. A further way is `unread`: the tap's process, which
 * passes all on and reads nothing of it, as the floor of a proxy in Node.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { gitProvenance } from '../harness/archive/provenance.ts';
import { defaultStackSpec } from '../harness/stack/spec.ts';
import { startStack } from '../harness/stack/start.ts';
import { createWorkspace } from '../harness/system/workspace.ts';
import { measure } from './tap-cost/measure.ts';
import { appendAttempts, commitWords, readAttempts } from './lib/attempts.ts';
import { missingRounds, type Measured, type Round, type Series, type Way } from './tap-cost/rounds.ts';
import { tableOf } from './tap-cost/table.ts';
import { startWays, type StartedWay } from './tap-cost/ways.ts';

/** Each round begins with another way, since the first one meets a machine that has just rested. */
const inTurn = (ways: readonly StartedWay[], round: number): StartedWay[] => {
  const first = round % ways.length;
  return [...ways.slice(first), ...ways.slice(0, first)];
};

const makeRound = async (ways: readonly StartedWay[], rate: number, series: Series, folder: string): Promise<void> => {
  const { commit, seconds, results } = series;
  const round = readAttempts(results).length;
  const [load = 0] = loadavg();
  const measured: Partial<Record<Way, Measured>> = {};
  for (const way of inTurn(ways, round)) measured[way.name] = await measure(way, { rate, seconds, folder });
  const at = new Date().toISOString();
  const made: Round = { commit, at, load: Math.round(load * 100) / 100, rate, seconds, measured };
  appendAttempts(results, [made]);
};

const makeRounds = async (series: Series, folder: string): Promise<void> => {
  const endsMs = performance.now() + series.minutes * 60_000;
  await using workspace = await createWorkspace('tap cost');
  const context = { workspace, logsFolder: folder, log: console.error };
  await using stack = await startStack('local', { ...defaultStackSpec, proxies: true }, context);
  await using ways = await startWays(series.ways, stack);
  // What is measured is compiled code.
  for (const way of ways.all) await measure(way, { rate: Math.max(...series.rates), seconds: 3, folder });
  for (const rate of missingRounds(series)) {
    const roundMs = ways.all.length * (series.seconds + 0.5) * 1000;
    if (performance.now() + roundMs > endsMs) return console.error('the time is over; call it again to go on');
    await makeRound(ways.all, rate, series, folder);
  }
};

const asked = async (): Promise<Series> => {
  const { values } = parseArgs({
    options: {
      pairs: { type: 'string', default: '10' },
      seconds: { type: 'string', default: '5' },
      rates: { type: 'string', default: '500,2000,8000' },
      ways: { type: 'string', default: 'direct,tap,toxiproxy' },
      results: { type: 'string', default: 'tap-cost.ndjson' },
      minutes: { type: 'string', default: '60' },
    },
  });
  return {
    commit: commitWords(await gitProvenance()),
    pairs: Number(values.pairs),
    seconds: Number(values.seconds),
    minutes: Number(values.minutes),
    rates: values.rates.split(',').map(Number),
    ways: values.ways.split(',') as Way[],
    results: values.results,
  };
};

const series = await asked();
const folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-tap-cost-'));
try {
  if (missingRounds(series).length > 0) await makeRounds(series, folder);
  process.stdout.write(
    `${tableOf(readAttempts<Round>(series.results).filter(({ commit }) => commit === series.commit))}\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
