/**
 * How much of the offered work was done. A component's CPU says what the work costs only if the work was done: what is
 * not done spends none. How long it took is not asked here, since work that waited has spent its CPU all the same.
 */
import { formatCountOf, formatRoughShare } from '../measure/numbers-in-words.ts';
import { histogramsOf, seriesOf } from '../measure/tracks/observations.ts';
import { meanOf, sumPerSecond, totalMs, totalOf, type Window } from '../measure/tracks/windows.ts';
import type { JudgeInput } from './criterion.ts';
import { pileIn } from './histogram-pile.ts';
import { jobRateOf, shareOfReference } from './job-rate.ts';
import { loadedPhaseNames, loadedWindows } from './judged-windows.ts';
import { requestCounts } from './requests.ts';
import { timedOffers } from './timed-requests.ts';
import type { Counts, Timed } from './timed.ts';

/** The bounds of throughput and goodput. */
const leastDone = 0.95;
const leastSucceeded = 0.99;

/** A share of work, 0 to 1, and why it does not count as done; null where it does. */
export interface Done {
  share: number;
  undone: string | null;
}

const whole: Done = { share: 1, undone: null };

const doneOf = (done: number, offered: number, least: number, what: string): Done => {
  if (offered === 0) return whole;
  const share = Math.min(1, done / offered);
  return {
    share,
    undone: share < least ? `only ${formatCountOf(Math.round(done), Math.round(offered))} ${what}` : null,
  };
};

const worseOf = (parts: readonly Done[]): Done => ({
  share: Math.min(1, ...parts.map(({ share }) => share)),
  undone: parts.find(({ undone }) => undone !== null)?.undone ?? null,
});

/** What was not started was offered too, and what was refused is not done. */
const requestsDone = (input: JudgeInput): Done => {
  const names = loadedPhaseNames(input.phases);
  const dropped = totalOf(
    seriesOf(input.observations, 'dropped_iterations').filter(({ labels }) => names.has(labels['phase'] ?? '')),
  );
  const interactive = requestCounts(input.observations, input.phases, 'interactive');
  const served = interactive.ok + interactive.expected;
  const offered = served + interactive.error + interactive.refused + interactive.unknown + dropped;
  const all = requestCounts(input.observations, input.phases);
  const succeeded = all.ok + all.expected;
  return worseOf([
    doneOf(served, offered, leastDone, 'interactive requests were done'),
    doneOf(succeeded, succeeded + all.error + all.unknown, leastSucceeded, 'requests succeeded'),
  ]);
};

/** The first and the last part of the windows, of a quarter and ten seconds at most. */
const edgesOf = (windows: readonly Window[]): [Window, Window] => {
  const [startMs, endMs] = [windows[0]!.startMs, windows.at(-1)!.endMs];
  const lastsMs = Math.min(10_000, totalMs(windows) / 4);
  return [
    { startMs, endMs: startMs + lastsMs },
    { startMs: endMs - lastsMs, endMs },
  ];
};

/** Tasks that wait at the end and did not at the start were asked for and not done. */
const pendingDone = (input: JudgeInput, windows: readonly Window[]): Done => {
  const pending = seriesOf(input.observations, 'tasks', { state: 'pending' });
  const [first, last] = edgesOf(windows).map((edge) => meanOf(sumPerSecond(pending, [edge]).values));
  if (first == null || last == null) return { share: 0, undone: 'how many tasks were pending was not seen' };
  const done = totalOf(seriesOf(input.observations, 'task_completions'), windows);
  return doneOf(
    done,
    done + Math.max(0, last - first),
    leastDone,
    'tasks were done, the others are pending more than before',
  );
};

/** Work that starts later and later falls behind by that much of the time. */
const startedInTime = (input: JudgeInput, windows: readonly Window[]): Done => {
  const means = edgesOf(windows).map((edge) => {
    const { count, sum } = pileIn(input, 'pgsurge.task.due_to_start', [edge]);
    return count === 0 ? null : sum / count;
  });
  const [first, last] = means;
  if (first == null || last == null) return { share: 0, undone: 'when tasks started was not seen' };
  const seconds = totalMs(windows) / 1000;
  const share = 1 - Math.min(1, Math.max(0, last - first) / seconds);
  if (share >= leastDone) return { share, undone: null };
  return { share, undone: `tasks started ${(last - first).toFixed(1)} s later at the end than at the beginning` };
};

/** Without a rate to hold jobs to: neither did what waits become more, nor did it wait longer. */
const nothingGrew = (input: JudgeInput): Done => {
  const windows = loadedWindows(input.phases);
  return worseOf([pendingDone(input, windows), startedInTime(input, windows)]);
};

const offersJobs = ({ phases }: JudgeInput): boolean => {
  const names = loadedPhaseNames(phases);
  return phases.some(({ name, activeJobs }) => names.has(name) && Math.max(...[activeJobs].flat()) > 0);
};

/** Jobs against the baseline of the same run where both can be told apart from the bound. */
const jobsDone = (input: JudgeInput): Done => {
  if (!offersJobs(input)) return whole;
  const rate = jobRateOf(input);
  if (input.reference?.state !== 'known' || rate === null) return nothingGrew(input);
  const { share, low, high } = shareOfReference(rate, input.reference.rate);
  if (high < 100 * leastDone)
    return { share: share / 100, undone: `only ${formatRoughShare(share / 100)} of the baseline's jobs were done` };
  return low >= 100 * leastDone ? { share: Math.min(1, share / 100), undone: null } : nothingGrew(input);
};

/** What was done of all that was offered under load. */
export const workDone = (input: JudgeInput): Done => {
  const seen =
    seriesOf(input.observations, 'http_reqs').length > 0 ||
    histogramsOf(input.observations, 'pgsurge.task.due_to_start').length > 0;
  if (!seen) return { share: 0, undone: 'what was done of the load was not seen' };
  return worseOf([requestsDone(input), jobsDone(input)]);
};

interface Running {
  atMs: number;
  part: number;
  all: number;
}

const runningTotals = (items: readonly Timed<Counts>[]): Running[] => {
  let [part, all] = [0, 0];
  return items
    .toSorted((a, b) => a.atMs - b.atMs)
    .map(({ atMs, item }) => {
      part += item.part;
      all += item.all;
      return { atMs, part, all };
    });
};

const upTo = (totals: readonly Running[], atMs: number): Omit<Running, 'atMs'> => {
  let [low, high] = [0, totals.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (totals[middle]!.atMs <= atMs) low = middle + 1;
    else high = middle;
  }
  return totals[low - 1] ?? { part: 0, all: 0 };
};

/** k6 exports once a second, so a window may miss what was answered in its last one. */
const exportSeconds = 1;

/** Interactive requests done within a window, of those that ended in it or by their rate should have. */
export const requestsDoneIn = (input: JudgeInput): ((window: Window) => Done) => {
  const totals = runningTotals(timedOffers(input, 'interactive'));
  const { interactivePerSecond } = input.load;
  return ({ startMs, endMs }) => {
    const [before, after] = [upTo(totals, startMs), upTo(totals, endMs)];
    const arrived = interactivePerSecond * Math.max(0, (endMs - startMs) / 1000 - exportSeconds);
    const offered = Math.max(after.all - before.all, arrived);
    return doneOf(after.part - before.part, offered, leastDone, 'interactive requests were done');
  };
};
