/** Times as a base-2 exponential histogram. Its buckets are there from the start: to record one costs little. */
import { bucketIndex } from '../../measure/histograms/exponential.ts';
import type { ExponentialHistogram } from '../../measure/histograms/histogram.ts';

/** Neighbouring buckets are 1.1 % apart, so that a percentile is within 0.6 %. */
const scale = 6;
const bucketsPerDoubling = 2 ** scale;
/** From 1 µs to 18 hours; what lies outside counts in the first or last bucket. */
const lowestDoubling = -20;
const highestDoubling = 16;
const first = lowestDoubling * bucketsPerDoubling;
const length = (highestDoubling - lowestDoubling) * bucketsPerDoubling;

export class TimeHistogram {
  #count = 0;
  #sum = 0;
  #min = Infinity;
  #max = 0;
  readonly #buckets = new Uint32Array(length);

  record(seconds: number): void {
    this.#count += 1;
    this.#sum += seconds;
    if (seconds < this.#min) this.#min = seconds;
    if (seconds > this.#max) this.#max = seconds;
    const index = seconds > 0 ? bucketIndex(seconds, scale) - first : 0;
    this.#buckets[Math.min(length - 1, Math.max(0, index))]! += 1;
  }

  get count(): number {
    return this.#count;
  }

  /** So far, from the first bucket that holds any to the last. */
  value(): ExponentialHistogram {
    const from = this.#buckets.findIndex((count) => count > 0);
    const to = this.#buckets.findLastIndex((count) => count > 0);
    return {
      scale,
      count: this.#count,
      sum: this.#sum,
      min: this.#count === 0 ? 0 : this.#min,
      max: this.#max,
      zeroCount: 0,
      offset: from < 0 ? 0 : first + from,
      counts: from < 0 ? [] : Array.from(this.#buckets.subarray(from, to + 1)),
    };
  }
}
