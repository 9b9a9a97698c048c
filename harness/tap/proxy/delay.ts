/** Holds things back for a stated time and lets them go in their order, with one timer for all. */
interface Held {
  dueMs: number;
  deliver: () => void;
}

export type Hold = (deliver: () => void) => void;

/** Timers are whole ms and come late, so what is nearly due goes with what is. */
const nearlyMs = 0.3;

export const holdFor = (ms: number): Hold => {
  const line: Held[] = [];
  let waits = false;
  const wait = (): void => {
    const [first] = line;
    if (first === undefined || waits) return;
    waits = true;
    setTimeout(deliverDue, Math.max(1, first.dueMs - performance.now()));
  };
  const deliverDue = (): void => {
    waits = false;
    const nowMs = performance.now() + nearlyMs;
    const later = line.findIndex(({ dueMs }) => dueMs > nowMs);
    for (const { deliver } of line.splice(0, later < 0 ? line.length : later)) deliver();
    wait();
  };
  return (deliver) => {
    line.push({ dueMs: performance.now() + ms, deliver });
    wait();
  };
};
