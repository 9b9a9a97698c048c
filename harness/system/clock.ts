/** One monotonic clock for a run: everything is ms from its start. */
export interface Clock {
  startEpochMs: number;
  startMonotonicNs: bigint;
  nowMs(): number;
}

/** For a run that goes on after a kill, `startEpochMs` is the first start's, so that times go on too. */
export const startClock = (startEpochMs: number = Date.now()): Clock => {
  const startMonotonicNs = process.hrtime.bigint() - BigInt(Math.round((Date.now() - startEpochMs) * 1e6));
  return {
    startEpochMs,
    startMonotonicNs,
    nowMs: () => Number(process.hrtime.bigint() - startMonotonicNs) / 1e6,
  };
};
