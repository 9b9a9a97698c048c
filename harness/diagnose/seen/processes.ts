/** CPU of the parts and of the host. */
import { seriesOf, type Observations } from '../../measure/tracks/observations.ts';
import { meanOf, ratePerSecond, samplesWithin, type Window } from '../../measure/tracks/windows.ts';

export interface Used {
  /** Cores that it used: on the average, and in the busiest ten seconds. */
  mean: number;
  busiest: number;
  /** What it waited for a core, per second of CPU that it got. */
  waitedShare: number | null;
}

export interface Processes {
  /** All instances together; null where nobody measured it. */
  of(component: string): Used | null;
  /** Of the busiest instance: one process of Node, or of the pooler, has one core. */
  busiestInstance(component: string): Used | null;
  hostIdle: number | null;
  hostCores: number | null;
}

const busiestSeconds = 10;

const busiestOf = (values: readonly number[]): number => {
  const width = Math.min(busiestSeconds, values.length);
  if (width === 0) return 0;
  const means = Array.from({ length: values.length - width + 1 }, (_, start) =>
    meanOf(values.slice(start, start + width))!,
  );
  return Math.max(...means);
};

const usedOf = (
  observations: Observations,
  labels: Record<string, string>,
  windows: readonly Window[],
): Used | null => {
  const cpu = seriesOf(observations, 'process.cpu_seconds', labels);
  const { values } = ratePerSecond(cpu, windows);
  if (values.length === 0) return null;
  const waits = ratePerSecond(seriesOf(observations, 'process.run_wait_seconds', labels), windows).values;
  const mean = meanOf(values) ?? 0;
  const waited = meanOf(waits);
  return {
    mean,
    busiest: busiestOf(values),
    waitedShare: waited === null || mean === 0 ? null : waited / mean,
  };
};

export const processesOf = (
  observations: Observations,
  windows: readonly Window[],
  hostCores: number | null,
): Processes => ({
  of: (component) => usedOf(observations, { component }, windows),
  busiestInstance: (component) => {
    const instances = new Set(
      seriesOf(observations, 'process.cpu_seconds', { component }).map(({ labels }) => labels['instance'] ?? ''),
    );
    return [...instances]
      .map((instance) => usedOf(observations, { component, instance }, windows))
      .filter((used) => used !== null)
      .reduce<Used | null>((most, one) => (most === null || one.busiest > most.busiest ? one : most), null);
  },
  hostIdle: meanOf(
    seriesOf(observations, 'host.cpu_idle_share').flatMap((series) => samplesWithin(series, windows).values),
  ),
  hostCores,
});
