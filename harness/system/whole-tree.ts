/**
 * All that a command of a team started: workers of uvicorn, a JVM below a script, what npm runs below a shell, and what
 * left the tree for a session or a parent of its own. Our own parts are one process, or a server that minds its
 * children; of a stranger's command nothing is known.
 */
import {
  isAlive,
  processesWithEnvironment,
  processStat,
  processTree,
  signalProcess,
  type ProcessIdentity,
} from './proc.ts';
import type { OwnedProcess } from './process.ts';
import { waitUntil } from './wait.ts';

/** Names the tree to whom its processes' environment is still as they got it. */
export const treeVariable = 'PGSURGE_PROCESS';

export interface WholeTree {
  /** Those alive now; what was seen once is remembered, whoever its parent is by now. */
  members(): ProcessIdentity[];
  /** To all of them: a stop of the root alone would leave the workers at work. */
  signal(signal: NodeJS.Signals): Promise<void>;
  /** SIGKILL to all, once none can start another. */
  crash(): Promise<void>;
  /**
   * The signal to the root, which may pass it on and wait; to the others once the root is gone. SIGKILL after the
   * grace. Resolves when none is left.
   */
  stop(signal: NodeJS.Signals, graceMs: number): Promise<void>;
}

const standstillLimitMs = 200;
const killLimitMs = 5000;

const stoppedOrGone = (one: ProcessIdentity): boolean => !isAlive(one) || processStat(one.pid)?.state === 'T';

const killAll = async (members: () => ProcessIdentity[], name: string): Promise<void> => {
  const gone = (): boolean => {
    const left = members();
    for (const one of left) signalProcess(one, 'SIGKILL');
    return left.length === 0;
  };
  await waitUntil(`the end of ${name} after SIGKILL`, gone, { limitMs: killLimitMs, everyMs: 10 });
};

const within = async (graceMs: number, done: () => boolean): Promise<void> => {
  await waitUntil('its end', done, { limitMs: graceMs, everyMs: 20 }).catch(() => undefined);
};

/** `mark` is what its processes have in `treeVariable`. */
export const wholeTree = (root: OwnedProcess, mark: string): WholeTree => {
  const seen = new Map<string, ProcessIdentity>();
  const members = (): ProcessIdentity[] => {
    for (const one of [...processTree(root.pid), ...processesWithEnvironment(treeVariable, mark)])
      seen.set(`${one.pid} ${one.startTime}`, one);
    for (const [key, one] of seen) if (!isAlive(one)) seen.delete(key);
    return [...seen.values()];
  };
  const toAll = (name: NodeJS.Signals): void => {
    for (const one of members()) signalProcess(one, name);
  };
  const standStill = async (): Promise<void> => {
    const isStill = (): boolean => {
      const moving = members().filter((one) => !stoppedOrGone(one));
      for (const one of moving) signalProcess(one, 'SIGSTOP');
      return moving.length === 0;
    };
    await waitUntil('the standstill', isStill, { limitMs: standstillLimitMs, everyMs: 2 }).catch(() => undefined);
  };
  const signal: WholeTree['signal'] = async (name) => (name === 'SIGSTOP' ? standStill() : toAll(name));
  const crash = async (): Promise<void> => {
    await standStill();
    await killAll(members, root.name);
    await root.exited;
  };
  const stop: WholeTree['stop'] = async (name, graceMs) => {
    const startedMs = performance.now();
    // What is stopped would keep the signal until it goes on.
    toAll('SIGCONT');
    root.kill(name);
    await within(graceMs, () => !isAlive(root));
    toAll(name);
    await within(graceMs - (performance.now() - startedMs), () => members().length === 0);
    await killAll(members, root.name);
    await root.exited;
  };
  return { members, signal, crash, stop };
};
