import { closeSync, openSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { execa } from 'execa';
import { environmentError } from '../errors.ts';
import { identityOf, isAlive, processStat, processTree, signalProcess, type ProcessIdentity } from './proc.ts';
import { waitUntil } from './wait.ts';

export interface SpawnOptions {
  /** Variables that are set beside those of this process. */
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** Standard output and error are appended to it. */
  logFile?: string;
  /** What an orderly stop sends; default SIGTERM. */
  stopSignal?: NodeJS.Signals;
  /** Default: all `ignore`, or output to `logFile`. With `pipe`, the streams below must be read. */
  stdio?: readonly ['pipe' | 'ignore', 'pipe' | 'ignore', 'pipe' | 'ignore'];
}

export interface ProcessEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface OwnedProcess extends ProcessIdentity {
  readonly name: string;
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  /** Resolves when the process ends, and never rejects. */
  readonly exited: Promise<ProcessEnd>;
  /** How it ended; null while it runs. */
  readonly ended: ProcessEnd | null;
  /** The process itself only; false if it is gone. */
  kill(signal: NodeJS.Signals): boolean;
  /** Signal, grace (default 5 s), then SIGKILL, its descendants included; resolves when all are gone. */
  stop(options?: { signal?: NodeJS.Signals; graceMs?: number }): Promise<ProcessEnd>;
}

const killTree = async (name: string, members: ProcessIdentity[]): Promise<void> => {
  for (const member of members) signalProcess(member, 'SIGKILL');
  await waitUntil(`the end of ${name} after SIGKILL`, () => !members.some(isAlive), { limitMs: 5000, everyMs: 5 });
};

/** Longer than any but one that waits for its disk, and that one starts nobody meanwhile. */
const standstillLimitMs = 200;

/** Stops the process and all its descendants; gives all there are, as none can start another any more. */
const stopAll = async (root: number): Promise<ProcessIdentity[]> => {
  const members = new Map<number, ProcessIdentity>();
  for (;;) {
    const fresh = processTree(root).filter(({ pid }) => !members.has(pid));
    if (fresh.length === 0) return [...members.values()];
    for (const member of fresh) {
      members.set(member.pid, member);
      signalProcess(member, 'SIGSTOP');
    }
    await waitUntil(
      'the standstill',
      () => fresh.every((member) => !isAlive(member) || processStat(member.pid)?.state === 'T'),
      { limitMs: standstillLimitMs, everyMs: 1 },
    ).catch(() => undefined);
  }
};

/**
 * SIGKILL to the process and all its descendants, as a crash of the whole part; resolves when all are gone. They are
 * stopped first: a server that is killed while it starts a child leaves one behind that no list names, and that child
 * would work on.
 */
export const crashTree = async (owned: OwnedProcess): Promise<void> => {
  await killTree(owned.name, await stopAll(owned.pid));
  await owned.exited;
};

const stopTree = async (owned: OwnedProcess, signal: NodeJS.Signals, graceMs: number): Promise<ProcessEnd> => {
  const before = processTree(owned.pid);
  // A stopped process (SIGSTOP) would keep the signal until it goes on.
  owned.kill('SIGCONT');
  owned.kill(signal);
  const limit = new AbortController();
  await Promise.race([
    owned.exited,
    new Promise((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      limit.signal.addEventListener('abort', () => clearTimeout(timer));
    }),
  ]);
  limit.abort();
  await killTree(owned.name, [...before, ...processTree(owned.pid)].filter(isAlive));
  return owned.exited;
};

/** Its type differs with the options that execa is given. */
const startChild = (file: string, args: readonly string[], { env, cwd, uid, gid, stdio, logFile }: SpawnOptions) => {
  const log = logFile === undefined ? null : openSync(logFile, 'a');
  // execa's types know no file descriptors but the first three; it takes any.
  const output = (log ?? 'ignore') as 'ignore';
  const child = execa(file, [...args], {
    env: { ...env },
    detached: true,
    cleanup: false,
    reject: false,
    buffer: false,
    ...(cwd === undefined ? {} : { cwd }),
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
    stdin: stdio?.[0] ?? 'ignore',
    stdout: stdio?.[1] ?? output,
    stderr: stdio?.[2] ?? output,
  });
  if (log !== null) closeSync(log);
  return child;
};

/**
 * Starts a program in a session of its own: Ctrl-C at the terminal reaches the harness only, which then stops its
 * children in order. Throws an environmentError if it cannot be started.
 */
export const spawnOwned = (
  name: string,
  file: string,
  args: readonly string[],
  options: SpawnOptions,
): OwnedProcess => {
  const child = startChild(file, args, options);
  const identity = child.pid === undefined ? null : identityOf(child.pid);
  if (identity === null)
    throw environmentError(`${name} cannot be started: is ${file} there, and may this user run it?`);
  let ended: ProcessEnd | null = null;
  const exited = child.then(
    (result): ProcessEnd => (ended = { code: result.exitCode ?? null, signal: result.signal ?? null }),
  );
  const { stdin, stdout, stderr } = child;
  const owned: OwnedProcess = {
    ...identity,
    name,
    exited,
    stdin,
    stdout,
    stderr,
    get ended() {
      return ended;
    },
    kill: (signal) => signalProcess(identity, signal),
    stop: ({ signal = options.stopSignal ?? 'SIGTERM', graceMs = 5000 } = {}) => stopTree(owned, signal, graceMs),
  };
  return owned;
};
