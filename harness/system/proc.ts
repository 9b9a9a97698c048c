/**
 * Processes as /proc shows them. A pid alone names nothing, since it is used again: pid and start time do.
 * Nothing here relies on process groups: under npm the group is npm's, and Postgres' children leave it.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';

export interface ProcessStat {
  pid: number;
  command: string;
  /** R, S, D, T (stopped), Z (zombie), X (dead), … */
  state: string;
  parentPid: number;
  session: number;
  /** Clock ticks from boot to its start, field 22 of /proc/PID/stat. */
  startTime: string;
  /** Clock ticks that it has run, in its own code and in the kernel. */
  cpuTicks: number;
}

/** _SC_CLK_TCK is 100 on every Linux that Node runs on. */
export const ticksPerSecond = 100;

export interface ProcessIdentity {
  pid: number;
  startTime: string;
}

/** Null if there is no such process. */
export const processStat = (pid: number): ProcessStat | null => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const nameEnd = text.lastIndexOf(')');
    const fields = text.slice(nameEnd + 2).split(' ');
    return {
      pid,
      command: text.slice(text.indexOf('(') + 1, nameEnd),
      state: fields[0] ?? 'X',
      parentPid: Number(fields[1]),
      session: Number(fields[3]),
      startTime: fields[19] ?? '',
      cpuTicks: Number(fields[11]) + Number(fields[12]),
    };
  } catch {
    return null;
  }
};

/** Its memory now, with what it shares; 0 if there is no such process. */
export const residentBytes = (pid: number): number => {
  try {
    const [, kibibytes = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kibibytes) * 1024;
  } catch {
    return 0;
  }
};

const dead = (stat: ProcessStat | null): boolean => stat === null || stat.state === 'Z' || stat.state === 'X';

/** A zombie is dead; so is a pid that another process has got since. */
export const isAlive = ({ pid, startTime }: ProcessIdentity): boolean => {
  const stat = processStat(pid);
  return stat !== null && !dead(stat) && stat.startTime === startTime;
};

/** Start time of a process that exists, a zombie included; null if it does not. */
const startTimeOf = (pid: number): string | null => processStat(pid)?.startTime ?? null;

export const identityOf = (pid: number): ProcessIdentity | null => {
  const startTime = startTimeOf(pid);
  return startTime === null ? null : { pid, startTime };
};

export const ownIdentity = (): ProcessIdentity => ({ pid: process.pid, startTime: startTimeOf(process.pid) ?? '' });

const pids = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

export const listProcesses = (): ProcessStat[] =>
  pids()
    .map(processStat)
    .filter((stat) => stat !== null)
    .filter((stat) => !dead(stat));

/** The process, its descendants, and whatever else is in the session that it leads; the living ones. */
export const processTree = (root: number): ProcessIdentity[] => {
  const all = listProcesses();
  const inside = new Set([root]);
  // Parents may be listed after their children: go round until nothing is added.
  for (let before = 0; before !== inside.size;) {
    before = inside.size;
    for (const { pid, parentPid, session } of all) {
      if (inside.has(parentPid) || session === root) inside.add(pid);
    }
  }
  return all.filter(({ pid }) => inside.has(pid)).map(({ pid, startTime }) => ({ pid, startTime }));
};

/** Living processes whose environment holds `NAME=value`, this one excepted. Those of other users are not seen. */
export const processesWithEnvironment = (name: string, value: string): ProcessIdentity[] =>
  pids()
    .filter((pid) => pid !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`${name}=${value}`);
      } catch {
        return false;
      }
    })
    .map(identityOf)
    .filter((identity) => identity !== null)
    .filter(isAlive);

/** Living processes of that command name whose working directory is `folder` or inside it. */
export const processesWorkingIn = (folder: string, command: string): ProcessIdentity[] =>
  listProcesses()
    .filter((stat) => stat.command === command)
    .filter(({ pid }) => {
      try {
        const cwd = readlinkSync(`/proc/${pid}/cwd`);
        return cwd === folder || cwd.startsWith(folder + path.sep);
      } catch {
        return false;
      }
    });

/** False if it was gone already or the pid is another's by now. */
export const signalProcess = (identity: ProcessIdentity, signal: NodeJS.Signals): boolean => {
  if (!isAlive(identity)) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch {
    return false;
  }
};

/** The machine's boot: start times of one boot mean nothing in another. */
export const bootId = (): string => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'unknown';
  }
};

/** Command line of a living process as a person would write it; empty if it cannot be read. */
export const commandLineOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean).join(' ');
  } catch {
    return '';
  }
};
