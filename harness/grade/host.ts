import { seriesOf } from '../measure/observations.ts';
import { growthOf, meanOf, pointsWithin, type Window } from '../measure/windows.ts';
import type { JudgeInput } from './criterion.ts';

type Judge = Pick<JudgeInput, 'observations'>;

/** Below this share of idle time a service looks cheaper than it is (design.md, rule 7). */
const leastIdle = 0.15;
/** Waiting in the run queue as a share of running. */
const mostWaiting = 0.1;

const share = (value: number): string => `${(value * 100).toFixed(0)} %`;

/**
 * Why CPU figures of that component do not count: the host was busy, the component waited for a core, or neither
 * was measured. Null: they count.
 */
export const starved = ({ observations }: Judge, component: string, windows: readonly Window[]): string | null => {
  const idle = meanOf(seriesOf(observations, 'host.cpu_idle_share').flatMap((one) => pointsWithin(one, windows).values));
  if (idle === null) return 'how idle the host was is not known';
  if (idle < leastIdle) return `the host was only ${share(idle)} idle, at least ${share(leastIdle)} is needed`;
  const waited = seriesOf(observations, 'process.run_wait_seconds', { component });
  const ran = growthOf(seriesOf(observations, 'process.cpu_seconds', { component }), windows);
  if (waited.length === 0) return `how long ${component} waited for a core is not known`;
  const ratio = growthOf(waited, windows) / Math.max(ran, 0.001);
  // A part that hardly runs can wait 10 % of almost nothing: that starves nobody.
  if (ratio >= mostWaiting && growthOf(waited, windows) > 0.05) return `${component} waited for a core ${share(ratio)} of the time it ran, below ${share(mostWaiting)} is needed`;
  return null;
};
