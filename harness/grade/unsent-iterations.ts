/** Whose fault it is that iterations were not sent: the generator's only by evidence, the script's, the service's. */
import { exportEveryMs } from '../measure/k6-exports.ts';
import { formatCount, formatRoughShare } from '../measure/numbers-in-words.ts';
import { histogramsOf, seriesOf } from '../measure/tracks/observations.ts';
import { growthOf, histogramsWithin, totalMs, type Window } from '../measure/tracks/windows.ts';
import type { JudgeInput } from './criterion.ts';
import { waitedPerRun } from './host.ts';
import { loadedWindows } from './judged-windows.ts';
import { pileOf } from './histogram-pile.ts';

export interface Blame {
  who: 'generator' | 'script' | 'service';
  words: string;
}

/** `maxVUs` of a scenario of ours (scenarios/lib/define.ts), for each request a second. */
const usersPerRequest = 12;
const fewestUsers = 20;

/** A user more or less is between two samples. */
const nearlyAll = 0.97;

const mostOf = (input: JudgeInput, name: string): number =>
  seriesOf(input.observations, name)
    .flatMap(({ values }) => Array.from(values))
    .reduce((most, value) => Math.max(most, value), 0);

const activeJobs = ({ phases }: JudgeInput): number =>
  phases.flatMap((phase) => phase.activeJobs).reduce((most, jobs) => Math.max(most, jobs), 0);

/** The most users that k6 may make; null where nobody declared it. */
const declaredUsers = (input: JudgeInput): number | null => {
  const { script, interactivePerSecond } = input.load;
  if (script != null) return script.users;
  if (interactivePerSecond <= 0) return null;
  return activeJobs(input) + Math.max(fewestUsers, Math.ceil(interactivePerSecond * usersPerRequest));
};

/** k6 says so itself; else by the users that were seen. Null: there were users to spare, or nobody knows. */
const usedUp = (input: JudgeInput): number | null => {
  const caps = input.loadTotals?.words?.userCaps ?? [];
  if (caps.length > 0) return caps.reduce((total, { users }) => total + users, 0);
  const limit = declaredUsers(input);
  return limit !== null && mostOf(input, 'vus') >= limit * nearlyAll ? limit : null;
};

const droppedFrom = ({ observations }: JudgeInput): number =>
  seriesOf(observations, 'dropped_iterations').reduce(
    (first, { tMs, values }) => Math.min(first, tMs.find((_, index) => values[index]! > 0) ?? Infinity),
    Infinity,
  );

interface Taken {
  beforeMs: number;
  afterMs: number;
}

/** The mean of fewer says nothing of how long an iteration takes. */
const fewestIterations = 10;

const meanDuration = ({ observations }: JudgeInput, window: Window): number | null => {
  const pile = pileOf(histogramsWithin(histogramsOf(observations, 'iteration_duration'), [window]));
  return pile.count < fewestIterations ? null : pile.sum / pile.count;
};

/** How long an iteration took before the first was dropped, and from then on. */
const taken = (input: JudgeInput): Taken | null => {
  const fromMs = droppedFrom(input) - exportEveryMs;
  const startMs = loadedWindows(input.phases)[0]?.startMs ?? 0;
  if (!Number.isFinite(fromMs)) return null;
  const beforeMs = meanDuration(input, { startMs: startMs - exportEveryMs, endMs: fromMs });
  const afterMs = meanDuration(input, { startMs: fromMs, endMs: Infinity });
  return beforeMs === null || afterMs === null ? null : { beforeMs, afterMs };
};

/** From this many times as long on it was the service that kept the users. */
const slower = 2;

/** Seconds waited for a core per second run: below this, answers that are late are late by the service. */
const mostWaiting = 0.5;

/** As a share of all time: an iteration can be longer by about that share for it, and not twice as long. */
const mostWaitingPerSecond = 0.25;

/** The service took much longer than before, and k6 waited too little to make it look so. */
const keptLonger = (input: JudgeInput): Taken | null => {
  const windows = loadedWindows(input.phases);
  const waited = seriesOf(input.observations, 'process.run_wait_seconds', { component: 'load' });
  const seconds = totalMs(windows) / 1000;
  if (waited.length === 0 || growthOf(waited, windows) > mostWaitingPerSecond * seconds) return null;
  const times = taken(input);
  return times !== null && times.afterMs >= slower * times.beforeMs ? times : null;
};

const starvedWords = (input: JudgeInput): string | null => {
  const waited = waitedPerRun(input, 'load', loadedWindows(input.phases));
  return waited !== null && waited >= mostWaiting
    ? `k6 waited for a core ${formatRoughShare(waited)} of the time it ran`
    : null;
};

const tookWords = ({ afterMs, beforeMs }: Taken): string =>
  `an iteration took ${milliseconds(beforeMs)} before the first that was not sent, ` +
  `and ${milliseconds(afterMs)} after it`;

const milliseconds = (value: number): string => `${formatCount(value)} ms`;

/** All users were busy: the service kept them longer than before, or there are too few for what it always takes. */
const ofUsers = (input: JudgeInput, users: number): Blame => {
  const all = `all ${formatCount(users)} users that the script allows were busy`;
  const times = taken(input);
  if (times !== null && times.afterMs >= slower * times.beforeMs)
    return { who: 'service', words: `${all}, since ${tookWords(times)}` };
  if (input.load.script == null) return { who: 'service', words: `${all}, each for ${usersPerRequest} s and more` };
  return { who: 'script', words: `${all}: its own cap (maxVUs) is too low for its rate at these latencies` };
};

/** Why iterations were not sent. Without any evidence against the generator it is the service that was too slow. */
export const blameFor = (input: JudgeInput): Blame => {
  const kept = keptLonger(input);
  const starved = kept === null ? starvedWords(input) : null;
  if (starved !== null) return { who: 'generator', words: starved };
  const users = usedUp(input);
  if (users !== null) return ofUsers(input, users);
  if (kept !== null) return { who: 'service', words: `${tookWords(kept)}: k6 could not add users as fast` };
  const limit = declaredUsers(input);
  const most = mostOf(input, 'vus');
  if (limit !== null && most > 0) {
    const words = `${formatCount(most)} of ${formatCount(limit)} users at most were busy: k6 did not make more in time`;
    return { who: 'generator', words };
  }
  return { who: 'service', words: 'nothing was seen that held the generator back' };
};
