/** What a tree of processes uses, read from /proc at each tick, as cheaply as it can be. */
import { closeSync, existsSync, openSync, readdirSync, readSync } from 'node:fs';
import { ticksPerSecond } from '../system/proc.ts';

interface Stat {
  pid: number;
  parentPid: number;
  startTime: string;
  /** In clock ticks: its own, and those of the children that it has waited for. */
  ownTicks: number;
  reapedTicks: number;
  threads: number;
}

/** Larger than any file that is read here. */
const buffer = Buffer.alloc(64 * 1024);

/**
 * The text of a small file. readFileSync would ask for the size, of which /proc knows nothing, and allocate each time:
 * that is half the cost of a tick.
 */
const readText = (file: string): string | null => {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return null;
  }
  try {
    return buffer.toString('latin1', 0, readSync(descriptor, buffer, 0, buffer.length, 0));
  } catch {
    return null;
  } finally {
    closeSync(descriptor);
  }
};

const statOf = (pid: number): Stat | null => {
  const text = readText(`/proc/${pid}/stat`);
  if (text === null) return null;
  // The command may hold spaces and brackets: fields are counted from its end.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ', 21);
  return {
    pid,
    parentPid: Number(fields[1]),
    startTime: fields[19] ?? '',
    threads: Number(fields[17]),
    ownTicks: Number(fields[11]) + Number(fields[12]),
    reapedTicks: Number(fields[13]) + Number(fields[14]),
  };
};

/** The processes of a tree now: its root first. Empty if there is no such process. */
export interface ProcessTable {
  treeOf(root: number): Stat[];
}

const childrenOf = ({ pid, threads }: Stat): number[] =>
  threadsOf(pid, threads).flatMap((thread) =>
    (readText(`/proc/${pid}/task/${thread}/children`) ?? '')
      .split(' ')
      .filter((child) => child !== '')
      .map(Number),
  );

const walk = (root: number): Stat[] => {
  const stat = statOf(root);
  return stat === null ? [] : [stat, ...childrenOf(stat).flatMap(walk)];
};

/** Trees by the parents of all processes, for kernels that do not list children (CONFIG_PROC_CHILDREN). */
const scan = (): ProcessTable => {
  const stats = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d/.test(name))
      .map((name) => statOf(Number(name)))
      .filter((stat) => stat !== null)
      .map((stat) => [stat.pid, stat]),
  );
  const children = Map.groupBy(stats.values(), ({ parentPid }) => parentPid);
  const below = (stat: Stat): Stat[] => [stat, ...(children.get(stat.pid) ?? []).flatMap(below)];
  return {
    treeOf: (root) => {
      const stat = stats.get(root);
      return stat === undefined ? [] : below(stat);
    },
  };
};

const listsChildren = existsSync(`/proc/self/task/${process.pid}/children`);

/** `byParents`: for tests of the other way. */
export const readProcessTable = (byParents = !listsChildren): ProcessTable => (byParents ? scan() : { treeOf: walk });

const field = (text: string, name: string): number => {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text);
  return match === null ? 0 : Number(match[1]) * 1024;
};

/**
 * Memory with shared pages divided among the processes that map them, so that the sum over a tree counts shared_buffers
 * once. Null where reading it is not allowed.
 */
const proportional = (pid: number): number | null => {
  const text = readText(`/proc/${pid}/smaps_rollup`);
  return text === null || text === '' ? null : field(text, 'Pss');
};

interface Resident {
  own: number;
  shared: number;
}

const resident = (pid: number): Resident => {
  const text = readText(`/proc/${pid}/status`) ?? '';
  const shared = field(text, 'RssShmem');
  return { own: field(text, 'VmRSS') - shared, shared };
};

/** Bytes of a tree: PSS, or where that is not allowed resident memory with what is shared counted once. */
export const memoryOf = (tree: readonly { pid: number }[]): number => {
  let total = 0;
  let shared = 0;
  for (const { pid } of tree) {
    const pss = proportional(pid);
    const fallback = pss === null ? resident(pid) : { own: pss, shared: 0 };
    total += fallback.own;
    shared = Math.max(shared, fallback.shared);
  }
  return total + shared;
};

const waitNsOf = (pid: number, thread: string): number =>
  Number((readText(`/proc/${pid}/task/${thread}/schedstat`) ?? '').split(' ')[1] ?? 0);

const threadsOf = (pid: number, threads: number): string[] => {
  if (threads === 1) return [String(pid)];
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
};

export interface TreeCounter {
  /** Seconds since counting began, growing also over restarts of the tree. */
  read(tree: readonly Stat[]): { cpuSeconds: number; runWaitSeconds: number };
}

const keyOf = ({ pid, startTime }: Stat): string => `${pid} ${startTime}`;
const ticksOf = ({ ownTicks, reapedTicks }: Stat): number => ownTicks + reapedTicks;

/**
 * Clock ticks that a tree used, growing also over restarts of its root. What a process used is counted while it lives.
 * Its parent gets all of it once more when it waits for its end, and nothing where it never does (workers of a server
 * that ignores their ends, children of what left the tree): so each end is taken off what its parent gained by it.
 */
const cpuCounter = (): ((tree: readonly Stat[]) => number) => {
  let ticks = 0;
  let last = new Map<string, Stat>();
  return (tree) => {
    const now = new Map(tree.map((stat) => [keyOf(stat), stat]));
    const reaped = new Map<number, number>();
    for (const [key, stat] of now) {
      const before = last.get(key);
      ticks += Math.max(0, stat.ownTicks - (before?.ownTicks ?? 0));
      reaped.set(stat.pid, Math.max(0, stat.reapedTicks - (before?.reapedTicks ?? 0)));
    }
    const ended = [...last].filter(([key]) => !now.has(key)).map(([, stat]) => stat);
    for (const stat of ended) takeOff(stat, ended, reaped);
    for (const gained of reaped.values()) ticks += gained;
    last = now;
    return ticks;
  };
};

/** Off what the nearest of its forebears that still lives has gained. */
const takeOff = (stat: Stat, ended: readonly Stat[], reaped: Map<number, number>): void => {
  let { parentPid } = stat;
  while (!reaped.has(parentPid)) {
    const parent = ended.find(({ pid }) => pid === parentPid);
    if (parent === undefined) return;
    ({ parentPid } = parent);
  }
  reaped.set(parentPid, Math.max(0, reaped.get(parentPid)! - ticksOf(stat)));
};

/** Nanoseconds that the threads of a tree waited for a CPU, also those that ended since. */
const waitCounter = (): ((tree: readonly Stat[]) => number) => {
  let waitNs = 0;
  let last = new Map<string, number>();
  return (tree) => {
    const now = new Map<string, number>();
    for (const { pid, startTime, threads } of tree)
      for (const thread of threadsOf(pid, threads)) now.set(`${pid} ${startTime} ${thread}`, waitNsOf(pid, thread));
    for (const [thread, ns] of now) waitNs += Math.max(0, ns - (last.get(thread) ?? 0));
    last = now;
    return waitNs;
  };
};

/** What one component used, summed up over processes and threads that come and go. */
export const treeCounter = (): TreeCounter => {
  const cpuTicks = cpuCounter();
  const waitNs = waitCounter();
  return {
    read: (tree) => ({ cpuSeconds: cpuTicks(tree) / ticksPerSecond, runWaitSeconds: waitNs(tree) / 1e9 }),
  };
};
