import { seriesOf } from '../measure/observations.ts';
import { growthOf, meanOf, pointsWithin, totalMs, totalOf } from '../measure/windows.ts';
import type { ScenarioResult } from '../result.ts';
import type { JudgeInput } from './criterion.ts';
import { loadedWindows } from './seen.ts';

type Health = ScenarioResult['health'][number];
type Judge = Omit<JudgeInput, 'declaration'>;

const coresOf = ({ observations, phases }: Judge, component: string): number | null => {
  const windows = loadedWindows(phases);
  const series = seriesOf(observations, 'process.cpu_seconds', { component });
  return series.length === 0 || windows.length === 0 ? null : growthOf(series, windows) / (totalMs(windows) / 1000);
};

const dropped = ({ observations, loadTotals }: Judge): Health => {
  const value = loadTotals?.droppedIterations ?? totalOf(seriesOf(observations, 'dropped_iterations'));
  return { id: 'dropped-iterations', title: 'Iterations that k6 could not start', value, unit: 'iterations', ok: value === 0, note: `${value} dropped` };
};

const cost = (judge: Judge, component: string, title: string): Health => {
  const value = coresOf(judge, component);
  return { id: `${component}-cores`, title, value, unit: 'cores', ok: value !== null, note: value === null ? 'not measured' : `${value.toFixed(3)} cores, outside all budgets` };
};

const host = ({ observations, phases }: Judge): Health => {
  const values = seriesOf(observations, 'host.cpu_idle_share').flatMap((one) => pointsWithin(one, loadedWindows(phases)).values);
  const idle = meanOf(values);
  return {
    id: 'host-idle', title: 'Host idle under load', value: idle === null ? null : idle * 100, unit: '%', ok: idle !== null && idle >= 0.15,
    note: idle === null ? 'not measured' : `${(idle * 100).toFixed(0)} % idle; CPU headroom counts from 15 %`,
  };
};

const ticks = ({ observations }: Judge): Health => {
  const values = seriesOf(observations, 'harness.tick_lag').flatMap((one) => Array.from(one.values));
  const value = values.length === 0 ? null : values.reduce((most, one) => Math.max(most, one), 0);
  return { id: 'tick-lag', title: 'Latest sample behind its time', value, unit: 'ms', ok: value !== null && value < 1000, note: value === null ? 'not measured' : `at most ${value.toFixed(0)} ms late, of ${values.length} ticks` };
};

const sources = ({ observations }: Judge): Health => {
  const lost = observations.sources.filter(({ ok }) => !ok);
  return { id: 'sources', title: 'Sources lost', value: lost.length, unit: 'sources', ok: lost.length === 0, note: lost.length === 0 ? `all ${observations.sources.length} spoke` : lost.map(({ source, reason }) => `${source}: ${reason}`).join('; ') };
};

/** The harness's own cost and the generator's health: what says whether the run can be believed. */
export const healthOf = (judge: Judge): Health[] => [
  dropped(judge), cost(judge, 'load', 'Load generator (k6)'), cost(judge, 'harness', 'The harness itself'), host(judge), ticks(judge), sources(judge),
];
