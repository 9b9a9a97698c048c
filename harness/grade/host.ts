import { seriesOf } from '../measure/tracks/observations.ts';
import { growthOf, meanOf, samplesWithin, type Window } from '../measure/tracks/windows.ts';
import { formatRoughShare } from '../measure/numbers-in-words.ts';
import type { JudgedEntry } from './criterion.ts';

type Observed = Pick<JudgedEntry, 'observations'>;

/** Below this share of idle time whatever runs waits for a core. */
const leastIdle = 0.15;
/** Waiting in the run queue as a share of running: from here on a component was held back. */
const mostWaiting = 0.1;

/** Why something may have waited for this host. Null: it did not. */
export const busyHost = ({ observations }: Observed, windows: readonly Window[]): string | null => {
  const idle = meanOf(
    seriesOf(observations, 'host.cpu_idle_share').flatMap((one) => samplesWithin(one, windows).values),
  );
  if (idle === null) return 'how idle the host was is not known';
  return idle < leastIdle
    ? `the host was only ${formatRoughShare(idle)} idle, at least ${formatRoughShare(leastIdle)} is needed`
    : null;
};

/** Seconds waited for a core per second run; null where the waiting was not measured. */
export const waitedPerRun = (
  { observations }: Observed,
  component: string,
  windows: readonly Window[],
): number | null => {
  const waited = seriesOf(observations, 'process.run_wait_seconds', { component });
  if (waited.length === 0) return null;
  return (
    growthOf(waited, windows) /
    Math.max(0.001, growthOf(seriesOf(observations, 'process.cpu_seconds', { component }), windows))
  );
};

const heldBack = (waited: number): boolean => waited >= mostWaiting;

/** Why the component may have done less than it could: the host was busy, or it waited for a core. Null: neither. */
export const starved = (input: Observed, component: string, windows: readonly Window[]): string | null => {
  const busy = busyHost(input, windows);
  if (busy !== null) return busy;
  const waited = waitedPerRun(input, component, windows);
  if (waited === null) return `how long ${component} waited for a core is not known`;
  return heldBack(waited) ? `${component} waited for a core ${formatRoughShare(waited)} of the time it ran` : null;
};
