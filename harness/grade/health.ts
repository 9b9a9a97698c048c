import { seriesOf } from '../measure/tracks/observations.ts';
import { formatCount } from '../measure/numbers-in-words.ts';
import { judgedPhases, totalIn } from '../measure/tracks/phase-set.ts';
import { growthOf, meanOf, samplesWithin, totalMs, totalOf } from '../measure/tracks/windows.ts';
import type { ScenarioResult } from '../result.ts';
import type { JudgedEntry } from './criterion.ts';

type Health = ScenarioResult['health'][number];

const coresOf = ({ observations, phases }: JudgedEntry, component: string): number | null => {
  const { windows } = judgedPhases(phases);
  const series = seriesOf(observations, 'process.cpu_seconds', { component });
  return series.length === 0 || windows.length === 0 ? null : growthOf(series, windows) / (totalMs(windows) / 1000);
};

const dropped = ({ observations, loadTotals }: JudgedEntry): Health => {
  const value = loadTotals?.droppedIterations ?? totalOf(seriesOf(observations, 'dropped_iterations'));
  return {
    id: 'dropped-iterations',
    title: 'Iterations that k6 could not start',
    value,
    unit: 'iterations',
    ok: value === 0,
    note: `${value} dropped`,
  };
};

/** `maxVUs` of the interactive scenario (scenarios/lib/define.ts): more k6 does not make, however slow the answers. */
const mostUsers = (perSecond: number): number => Math.max(20, Math.ceil(perSecond * 12));
const usersWarning = 0.8;

/** Users that wait for answers, beside those that each keep a job. Null where the load's declaration is not ours. */
const users = ({ observations, phases, load }: JudgedEntry): Health | null => {
  if (load.interactivePerSecond <= 0) return null;
  const values = seriesOf(observations, 'vus').flatMap((one) => Array.from(one.values));
  const made = {
    id: 'virtual-users',
    title: 'Users of interactive requests in use, of those that k6 may make',
    unit: '%',
  };
  if (values.length === 0) return { ...made, value: null, ok: false, note: 'not measured' };
  const most = values.reduce((high, value) => Math.max(high, value), 0);
  const withJobs = phases.flatMap(({ activeJobs }) => activeJobs).reduce((high, value) => Math.max(high, value), 0);
  const [busy, limit] = [Math.max(0, most - withJobs), mostUsers(load.interactivePerSecond)];
  return {
    ...made,
    value: (busy / limit) * 100,
    ok: busy / limit < usersWarning,
    note:
      `${busy} of ${limit} at most, beside ${withJobs} that keep a job; from 80 % on requests may not be ` +
      'sent in time',
  };
};

/**
 * Of k6's codes those whose cause is the machine that it runs on: no name, no port, no file left. Refused and reset are
 * the service's.
 */
const ownCodes = (code: number): boolean =>
  code === 1010 || (code >= 1100 && code < 1120) || code === 1202 || code === 1213;

const sockets = ({ observations }: JudgedEntry): Health => {
  const counts = new Map<number, number>();
  for (const { labels, values } of seriesOf(observations, 'http_reqs')) {
    const code = Number(labels['error_code'] ?? 0);
    if (code >= 1000 && code < 1400)
      counts.set(code, (counts.get(code) ?? 0) + values.reduce((sum, value) => sum + value, 0));
  }
  const value = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const own = [...counts.keys()].some(ownCodes);
  const said = [...counts].map(([code, count]) => `${code} × ${count}`).join(', ');
  return {
    id: 'socket-errors',
    title: 'Requests without an answer: connection or time-out',
    value,
    unit: 'requests',
    ok: !own,
    note:
      value === 0 ? 'none' : `k6’s codes ${said}${own ? ': the generator’s own machine' : ', of the service’s side'}`,
  };
};

/** 5 % of the bound of an interactive p95. */
const mostWaitMs = 10;
/** Of fewer no p95 is judged either, and k6's own housekeeping outweighs them. */
const fewestRequests = 100;

const generatorWait = ({ observations, phases }: JudgedEntry): Health | null => {
  const phaseSet = judgedPhases(phases);
  const made = { id: 'generator-wait', title: 'k6 waited for a core, per request', unit: 'ms' };
  const waited = seriesOf(observations, 'process.run_wait_seconds', { component: 'load' });
  const requests = totalIn(observations, 'http_reqs', {}, phaseSet);
  if (requests < fewestRequests) return null;
  if (waited.length === 0) return { ...made, value: null, ok: false, note: 'not measured' };
  const value = (growthOf(waited, phaseSet.windows) * 1000) / requests;
  return {
    ...made,
    value,
    ok: value < mostWaitMs,
    note:
      `no more than that of a latency is the generator’s own, on the average; doubtful from ${mostWaitMs} ` +
      'ms on: the host is busy',
  };
};

const cost = (entry: JudgedEntry, component: string, title: string): Health => {
  const value = coresOf(entry, component);
  return {
    id: `${component}-cores`,
    title,
    value,
    unit: 'cores',
    ok: value !== null,
    note: value === null ? 'not measured' : `${value.toFixed(3)} cores, outside all budgets`,
  };
};

const host = ({ observations, phases }: JudgedEntry): Health => {
  const values = seriesOf(observations, 'host.cpu_idle_share').flatMap(
    (one) => samplesWithin(one, judgedPhases(phases).windows).values,
  );
  const idle = meanOf(values);
  return {
    id: 'host-idle',
    title: 'Host idle under load',
    value: idle === null ? null : idle * 100,
    unit: '%',
    ok: idle !== null && idle >= 0.15,
    note:
      idle === null
        ? 'not measured'
        : `${(idle * 100).toFixed(0)} % idle; below 15 % answers come late for want of a core`,
  };
};

/** What prepares and clears up is no load: counted, shown, and not judged. Null where the script has neither. */
const aroundLoad = ({ observations }: JudgedEntry): Health | null => {
  const of = (phase: string): number => totalOf(seriesOf(observations, 'http_reqs', { phase }));
  const [setup, teardown] = [of('setup'), of('teardown')];
  if (setup + teardown === 0) return null;
  return {
    id: 'around-load',
    title: "What the script's setup and teardown sent",
    value: setup + teardown,
    unit: 'requests',
    ok: true,
    note: `${formatCount(setup)} by setup, ${formatCount(teardown)} by teardown: beside the load, not judged`,
  };
};

/** Routes that no page could hold are counted together. */
const requestNames = ({ observations }: JudgedEntry): Health | null => {
  const said = observations.sources.find(({ source }) => source === 'request-names');
  if (said === undefined) return null;
  return { id: 'request-names', title: 'Names of requests', value: null, unit: 'names', ok: true, note: said.reason };
};

const ticks = ({ observations }: JudgedEntry): Health => {
  const values = seriesOf(observations, 'harness.tick_lag').flatMap((one) => Array.from(one.values));
  const value = values.length === 0 ? null : values.reduce((most, one) => Math.max(most, one), 0);
  return {
    id: 'tick-lag',
    title: 'Latest sample behind its time',
    value,
    unit: 'ms',
    ok: value !== null && value < 1000,
    note: value === null ? 'not measured' : `at most ${value.toFixed(0)} ms late, of ${values.length} ticks`,
  };
};

const sources = ({ observations }: JudgedEntry): Health => {
  const lost = observations.sources.filter(({ ok }) => !ok);
  return {
    id: 'sources',
    title: 'Sources lost',
    value: lost.length,
    unit: 'sources',
    ok: lost.length === 0,
    note:
      lost.length === 0
        ? `all ${observations.sources.length} spoke`
        : lost.map(({ source, reason }) => `${source}: ${reason}`).join('; '),
  };
};

/** The harness's own cost and the generator's health: what says whether the run can be believed. */
export const healthOf = (entry: JudgedEntry): Health[] =>
  [
    dropped(entry),
    users(entry),
    sockets(entry),
    generatorWait(entry),
    cost(entry, 'load', 'Load generator (k6)'),
    cost(entry, 'harness', 'The harness itself'),
    host(entry),
    aroundLoad(entry),
    requestNames(entry),
    ticks(entry),
    sources(entry),
  ].filter((row) => row !== null);
