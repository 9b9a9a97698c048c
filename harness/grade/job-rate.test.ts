/** The interval of jobs per active-job-minute is honest: it is tried on loads of which the true rates are known. */
import { expect, test } from 'vitest';
import type { JobRate } from '../result.ts';
import { phase } from './fixtures/healthy-run.ts';
import { Recorder } from './fixtures/recorder.ts';
import { flat, random } from './fixtures/shapes.ts';
import { jobRateOf, shareOfReference } from './job-rate.ts';

interface Load {
  users: number;
  warmupSeconds: number;
  seconds: number;
  /** Within so long users begin. */
  spreadSeconds: number;
  meanSeconds: number;
}

/** Work of 0.7 to 1.3 times the mean, seen by a poll every 1 to 2 s, as scenarios/lib/journeys.ts follows a job. */
const jobSeconds = (next: () => number, meanSeconds: number): number => {
  const work = meanSeconds * (0.7 + 0.6 * next());
  let seen = 0;
  while (seen < work) seen += 1 + next();
  return seen;
};

/** Ends and lengths of all jobs of one user after the other. */
const jobsOf = ({ users, warmupSeconds, seconds, spreadSeconds, meanSeconds }: Load, next: () => number) =>
  Array.from({ length: users }, () => {
    const jobs: { endsAt: number; seconds: number }[] = [];
    for (let at = spreadSeconds * next(); at < warmupSeconds + seconds;) {
      const lasts = jobSeconds(next, meanSeconds);
      at += lasts;
      jobs.push({ endsAt: at, seconds: lasts });
    }
    return jobs;
  }).flat();

const measured = (load: Load, next: () => number): JobRate => {
  const untilSeconds = load.warmupSeconds + load.seconds;
  const jobs = jobsOf(load, next).filter(({ endsAt }) => endsAt > load.warmupSeconds && endsAt <= untilSeconds);
  const within = (second: number) => jobs.filter(({ endsAt }) => endsAt > second - 1 && endsAt <= second);
  const recorder = new Recorder(untilSeconds).gauge('iterations', { phase: 'steady' }, flat(1));
  recorder.gauge('pgsurge_jobs_done', { phase: 'steady' }, (second) => within(second).length);
  recorder.histogram('pgsurge_job_duration', { phase: 'steady', kind: 'job' }, (second) =>
    within(second).map(({ seconds }) => seconds * 1000),
  );
  const phases = [phase('steady', 'steady', load.warmupSeconds, untilSeconds, load.users)];
  return jobRateOf({ observations: recorder.observations(), phases })!;
};

const trials = 400;

/** How often the true share lies below the interval and above it, and how wide that is (%). */
const tried = (row: Load, baseline: Load, trueShare: number) => {
  const next = random(11);
  const shares = Array.from({ length: trials }, () => shareOfReference(measured(row, next), measured(baseline, next)));
  const percent = (holds: (share: (typeof shares)[number]) => boolean): number =>
    (100 * shares.filter(holds).length) / trials;
  return {
    tooHigh: percent(({ low }) => low > trueShare),
    tooLow: percent(({ high }) => high < trueShare),
    resolution: shares.reduce((sum, one) => sum + one.resolution, 0) / trials,
  };
};

const smoke = { warmupSeconds: 2, spreadSeconds: 1.5, meanSeconds: 2.5 };
const nightly = { ...smoke, warmupSeconds: 3 };

const inStep = { ...smoke, spreadSeconds: 0 };

test.each([
  ['smoke', { ...smoke, users: 8, seconds: 12 }, { ...smoke, users: 20, seconds: 8 }],
  ['smoke, users in step', { ...inStep, users: 8, seconds: 12 }, { ...inStep, users: 20, seconds: 8 }],
  ['nightly', { ...nightly, users: 8, seconds: 180 }, { ...nightly, users: 20, seconds: 180 }],
])('of two equal rates the interval misses one in twenty at most, on either side: %s', (_, baseline, row) => {
  const { tooHigh, tooLow } = tried(row, baseline, 100);
  expect(Math.max(tooHigh, tooLow)).toBeLessThanOrEqual(5);
});

test('seconds tell half of a rate from all of it, and three minutes tell nine tenths', () => {
  const short = tried({ ...smoke, meanSeconds: 6, users: 20, seconds: 8 }, { ...smoke, users: 8, seconds: 12 }, 95);
  expect(short.tooLow).toBeGreaterThanOrEqual(95);
  const long = tried(
    { ...nightly, meanSeconds: 3.2, users: 20, seconds: 180 },
    { ...nightly, users: 8, seconds: 180 },
    95,
  );
  expect(long.tooLow).toBeGreaterThanOrEqual(95);
  expect(long.resolution).toBeLessThan(3);
});
