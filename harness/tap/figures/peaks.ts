/** The most of something within the last seconds, whoever asks and how often. */
const keptSlots = 2;

export class RecentPeak {
  readonly #slotMs: number;
  #slot = -1;
  #peaks: number[] = [];

  constructor(slotMs: number) {
    this.#slotMs = slotMs;
  }

  /** `value` is so at `nowMs`. */
  see(value: number, nowMs: number): void {
    this.#turnTo(nowMs);
    if (value > this.#peaks[0]!) this.#peaks[0] = value;
  }

  /** The most in the present slot and the one before it. */
  value(nowMs: number, present: number): number {
    this.see(present, nowMs);
    return Math.max(...this.#peaks);
  }

  #turnTo(nowMs: number): void {
    const slot = Math.floor(nowMs / this.#slotMs);
    if (slot <= this.#slot) return;
    const passed = slot - this.#slot;
    const kept = passed < keptSlots ? this.#peaks.slice(0, keptSlots - passed) : [];
    this.#peaks = [...new Array<number>(Math.min(passed, keptSlots)).fill(0), ...kept];
    this.#slot = slot;
  }
}

/** How many began within one slot of 100 ms: the most of the last one or two seconds. */
export class BurstMeter {
  readonly #peak = new RecentPeak(1000);
  #slot = -1;
  #begun = 0;

  begin(nowMs: number): void {
    const slot = Math.floor(nowMs / burstSlotMs);
    if (slot !== this.#slot) this.#begun = 0;
    this.#slot = slot;
    this.#begun += 1;
    this.#peak.see(this.#begun, nowMs);
  }

  value(nowMs: number): number {
    return this.#peak.value(nowMs, 0);
  }
}

const burstSlotMs = 100;
