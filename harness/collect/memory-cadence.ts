/** Short entries need more than a sample or two. */
const firstMs = 60_000;
const atFirstEveryMs = 2000;
const laterEveryMs = 5000;

/**
 * Memory is read less often than CPU: smaps_rollup walks the page tables of every backend and locks them meanwhile,
 * which was a third of the harness's cost when it was read each second.
 */
export const memoryEveryMs = (sinceStartMs: number): number => (sinceStartMs < firstMs ? atFirstEveryMs : laterEveryMs);
