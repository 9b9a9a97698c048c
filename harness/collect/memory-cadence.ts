/** Short entries need more than a sample or two. */
const firstMs = 60_000;
const atFirstEveryMs = 2000;
const laterEveryMs = 5000;

/** The length from which an entry has samples enough without those. */
const longMs = 120_000;

/**
 * Memory is read less often than CPU: smaps_rollup walks the page tables of every backend and locks them meanwhile,
 * which was a third of the harness's cost when it was read each second, and half of it when every 2 s.
 */
export const memoryEveryMs = (sinceStartMs: number, lengthMs = 0): number =>
  sinceStartMs < firstMs && lengthMs < longMs ? atFirstEveryMs : laterEveryMs;
