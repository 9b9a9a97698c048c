/** What the first replica of a rollout says of itself while it is watched, and whether it may stay. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sink } from '../collect/collector.ts';
import type { Labels } from '../measure/tracks/observations.ts';
import { readBounds, type BoundReading, type CanarySamples } from './canary-bounds.ts';

/** A bound's own time divided by the profile's factor, and never below this: less would be a single bad second. */
const leastHeldMs = 2000;
const everyMs = 200;

/** Replicas are rolled in their order, so that the canary is the first. */
const canaryInstance = '0';

const isOfCanary = (labels: Labels): boolean => labels['service.instance'] === canaryInstance;

const keep = <One extends { atMs: number }>(kept: One[], one: One): void => {
  kept.push(one);
  while (kept[0]!.atMs < one.atMs - keptMs) kept.shift();
};

/** Older samples of the canary are not asked for any more. */
const keptMs = 4 * leastHeldMs;

/** Keeps the last samples of the canary that pass by. */
class Kept {
  readonly #values: CanarySamples['values'][number][] = [];
  readonly #histograms: CanarySamples['histograms'][number][] = [];

  value(one: CanarySamples['values'][number]): void {
    if (isOfCanary(one.labels)) keep(this.#values, one);
  }

  histogram(one: CanarySamples['histograms'][number]): void {
    if (isOfCanary(one.labels)) keep(this.#histograms, one);
  }

  since(startMs: number): CanarySamples {
    const isLate = ({ atMs }: { atMs: number }): boolean => atMs >= startMs;
    return { values: this.#values.filter(isLate), histograms: this.#histograms.filter(isLate) };
  }
}

export interface CanaryVerdict {
  /** Null: no bound was broken for long enough. */
  broken: BoundReading | null;
  /** The last reading of each bound, in words. */
  readings: string[];
}

interface WatchOptions {
  seconds: number;
  /** The profile's, which divides the times of the bounds too. */
  factor: number;
  signal: AbortSignal;
}

export interface CanaryWatch {
  /** Looks on for so long, or until an alert bound has been broken for its time; says so in series `rollout.kept`. */
  judge(options: WatchOptions): Promise<CanaryVerdict>;
}

/** Since when each bound has been broken without a break. */
class Broken {
  readonly #sinceMs = new Map<string, number>();

  /** The first bound that has been broken for its own time. */
  heldLongEnough(readings: readonly BoundReading[], nowMs: number, factor: number): BoundReading | null {
    for (const reading of readings) {
      const { id, forSeconds } = reading.bound;
      if (!reading.broken) this.#sinceMs.delete(id);
      else if (!this.#sinceMs.has(id)) this.#sinceMs.set(id, nowMs);
      const needMs = forSeconds === 0 ? 0 : Math.max((1000 * forSeconds) / factor, leastHeldMs);
      if (reading.broken && nowMs - this.#sinceMs.get(id)! >= needMs) return reading;
    }
    return null;
  }
}

const watchOn = async (
  kept: Kept,
  nowMs: () => number,
  { seconds, factor, signal }: WatchOptions,
): Promise<CanaryVerdict> => {
  const startMs = nowMs();
  const times = new Broken();
  let readings: BoundReading[] = [];
  let broken: BoundReading | null = null;
  while (broken === null && nowMs() < startMs + seconds * 1000 && !signal.aborted) {
    await sleep(Math.min(everyMs, seconds * 1000));
    readings = readBounds(kept.since(Math.max(startMs, nowMs() - leastHeldMs)));
    broken = times.heldLongEnough(readings, nowMs(), factor);
  }
  return { broken, readings: readings.map(({ words }) => words) };
};

/** Wraps a sink so that a canary can be judged while its samples are written. */
export const watchCanarySink = (sink: Sink): { sink: Sink; canary: CanaryWatch } => {
  const kept = new Kept();
  return {
    sink: {
      ...sink,
      sample: (series, labels, value, atMs) => {
        kept.value({ series, labels, value, atMs: atMs ?? sink.nowMs() });
        sink.sample(series, labels, value, atMs);
      },
      histogram: (series, labels, histogram, atMs) => {
        kept.histogram({ series, labels, histogram, atMs: atMs ?? sink.nowMs() });
        sink.histogram(series, labels, histogram, atMs);
      },
    },
    canary: {
      judge: async (options) => {
        const verdict = await watchOn(kept, () => sink.nowMs(), options);
        sink.sample('rollout.kept', {}, verdict.broken === null ? 1 : 0);
        return verdict;
      },
    },
  };
};
