import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { totalOf } from '../../measure/tracks/windows.ts';
import type { JobRate } from '../../result.ts';
import { starved } from '../host.ts';
import { jobRateOf, perActiveJobMinute, shareOfReference, type JobShare } from '../job-rate.ts';
import { formatCount, formatCountOf } from '../../measure/numbers-in-words.ts';
import { requestCounts } from '../requests.ts';
import { loadedPhaseNames, loadedWindows } from '../judged-windows.ts';
import { noLoad, notSeen } from '../unknowns.ts';

/** One part of the load. `left`: it cannot be judged here, and the reason. */
interface LoadPart {
  verdict: 'met' | 'broken' | 'unknown' | 'left';
  /** Done of what had to be done (%). */
  share: number;
  done: number;
  offered: number;
  words: string;
  /** What the share is of. */
  what: string;
}

/** The generator is the limit where it starved; then what was not sent says nothing of the service. */
const generatorFellBehind = (input: JudgeInput): string | null =>
  totalOf(seriesOf(input.observations, 'dropped_iterations')) > 0
    ? starved(input, 'load', loadedWindows(input.phases))
    : null;

const droppedOf = ({ observations, phases }: JudgeInput): number => {
  const names = loadedPhaseNames(phases);
  const ofPhases = seriesOf(observations, 'dropped_iterations').filter(
    ({ labels }) => labels['phase'] === undefined || names.has(labels['phase']),
  );
  return totalOf(ofPhases, loadedWindows(phases));
};

/** Interactive requests: done of offered. What k6 could not start was offered too, and refused is not done. */
const openPart = (input: JudgeInput, limit: number): LoadPart | null => {
  const { ok, expected, refused, error } = requestCounts(input.observations, input.phases, 'interactive');
  const done = ok + expected;
  const offered = done + refused + error + droppedOf(input);
  if (offered === 0) return null;
  const share = (100 * done) / offered;
  const words = `${formatCountOf(done, offered)} interactive requests done`;
  const part = { share, done, offered, words, what: 'of the interactive requests were done' };
  if (share >= limit) return { ...part, verdict: 'met' };
  const why = generatorFellBehind(input);
  if (why === null) return { ...part, verdict: 'broken' };
  return { ...part, verdict: 'unknown', words: `${words}; the generator fell behind: ${why}` };
};

const ownJobs = 'of the jobs that the baseline does in that time';

const leftOut = (reason: string, verdict: 'left' | 'unknown' = 'left'): LoadPart => ({
  verdict,
  share: 100,
  done: 0,
  offered: 0,
  words: `jobs are not judged: ${reason}`,
  what: ownJobs,
});

/**
 * What an interval says of the bound: below it as a whole, above it as a whole, or neither. Where not even two equal
 * rates could be told from the bound, the run is too short for the question, and only a clear loss counts.
 */
const verdictOf = (low: number, high: number, resolution: number, limit: number): LoadPart['verdict'] => {
  if (high < limit) return 'broken';
  if (resolution > 100 - limit) return 'left';
  return low >= limit ? 'met' : 'unknown';
};

const verdictWords: Readonly<Record<LoadPart['verdict'], string>> = {
  met: '',
  broken: '',
  unknown: ', which lies on both sides of the bound',
  left: ', too few to tell: not judged, a longer run has enough of them',
};

const rateWords = (own: JobRate, others: JobRate, of: string, { share, resolution }: JobShare): string => {
  const done = `${perActiveJobMinute(own).toFixed(1)} jobs per active-job-minute (${formatCount(own.jobs)} done)`;
  const whole = `${perActiveJobMinute(others).toFixed(1)} of ${of}`;
  return `${done}, ${share.toFixed(0)} % ± ${resolution.toFixed(0)} % of the ${whole}`;
};

/** Jobs per active-job-minute, as a share of the baseline's of the same run. */
const jobPart = (input: JudgeInput, limit: number): LoadPart => {
  const reference = input.reference ?? { state: 'none' as const, reason: 'there is no baseline beside this load' };
  if (reference.state !== 'known') return leftOut(reference.reason, reference.state === 'none' ? 'left' : 'unknown');
  const rate = jobRateOf(input);
  if (rate === null) return leftOut('none of their counts was seen', 'unknown');
  const found = shareOfReference(rate, reference.rate);
  const verdict = verdictOf(found.low, found.high, found.resolution, limit);
  const words = `${rateWords(rate, reference.rate, reference.of, found)}${verdictWords[verdict]}`;
  const offered = perActiveJobMinute(reference.rate) * rate.activeJobMinutes;
  return { verdict, share: found.share, done: rate.jobs, offered, words, what: ownJobs };
};

const measuredBy =
  'interactive requests done of offered; jobs per active-job-minute of those of the baseline of the same run, with a ' +
  'one-sided 95 % interval by what both counts can tell';

/** The part that decides: one that broke the bound before one that is unknown, and else the lesser. */
const decisiveOf = (parts: readonly LoadPart[]): LoadPart => {
  const judged = parts.filter(({ verdict }) => verdict !== 'left').sort((a, b) => a.share - b.share);
  return (
    judged.find(({ verdict }) => verdict === 'broken') ??
    judged.find(({ verdict }) => verdict === 'unknown') ??
    judged[0]!
  );
};

const measure = (input: JudgeInput): Measurement => {
  if (loadedPhaseNames(input.phases).size === 0) return noLoad;
  const limit = input.declaration?.value ?? 95;
  const [requests, jobs] = [openPart(input, limit), jobPart(input, limit)];
  const parts = [requests, jobs].filter((one) => one !== null);
  if (parts.every(({ verdict }) => verdict === 'left')) return notSeen('requests or jobs');
  const { verdict, share, done, offered, what } = decisiveOf(parts);
  const reason = parts.map(({ words }) => words).join('; ');
  const count = Math.round(offered);
  if (verdict === 'unknown') return { state: 'inconclusive', count, measuredBy, reason };
  return { state: 'measured', value: share, count, numerator: done, figureWords: what, measuredBy, reason };
};

export const criterion: Criterion = {
  id: 'throughput',
  title: 'Load done of load offered',
  failureTitle: 'The service does not keep up with the load',
  source: '002',
  unit: '%',
  figureWords: 'of the load offered was done',
  bounds: [{ severity: 'fail', comparator: '>=', value: 95 }],
  causeRank: 55,
  needs: 'declared-load',
  sees: [{ source: 'k6', silenceLooksBad: true }],
  chart: 'load',
  nextStep:
    'See what limits it: claim slots or workers (tasks wait, connections do not), the app pool, or a ' +
    'component without CPU left.',
  measure,
};
