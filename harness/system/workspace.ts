import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { environmentError, messageOf } from '../errors.ts';
import { ownModule } from '../own-modules.ts';
import { cleanRecord } from './clean.ts';
import { freePorts, releasePorts } from './ports.ts';
import { bootId, commandLineOf, identityOf, isAlive, ownIdentity } from './proc.ts';
import { spawnOwned, type OwnedProcess, type SpawnOptions } from './process.ts';
import { environmentVariable, saveRecord, type RunRecord } from './residue.ts';
import { closedParent, unprivilegedUser } from './users.ts';
import { waitUntil } from './wait.ts';

/**
 * One run's temp folder and all it starts. Disposing ends every process (with descendants), removes the folder and
 * frees the ports, whatever had failed before. If this process dies instead, the warden does the same.
 */
export interface Workspace extends AsyncDisposable {
  readonly id: string;
  readonly folder: string;
  /** Throws an environmentError if the program cannot be started. */
  spawn(name: string, file: string, args: readonly string[], options?: SpawnOptions): OwnedProcess;
  freePorts(count: number): Promise<number[]>;
  /** A data folder outside `folder`, or of a server that hides its environment: to be ended and removed too. */
  registerDataFolder(folder: string): void;
  /** The module that mends what the run breaks, also when the run was killed: see `mend.ts`. */
  registerMender(module: URL): void;
  /**
   * Containers, networks and volumes labelled `pgsurge.workspace=<label>`, of the engine at this address; null is the
   * Docker client's own.
   */
  registerContainers(label: string, engine: string | null): void;
}

/** As root, another uid must get into the folder: a closed temp folder is passed over. */
const temporaryParent = (): string =>
  unprivilegedUser() !== null && closedParent(tmpdir()) !== null ? '/var/tmp' : tmpdir();

const startWarden = (id: string): ChildProcess => {
  // Its environment must not name the workspace, or it would end itself with the rest.
  const { [environmentVariable]: _, ...env } = process.env;
  const warden = spawn(
    process.execPath,
    ['--no-warnings', fileURLToPath(ownModule(new URL('./warden.ts', import.meta.url))), id],
    { detached: true, stdio: ['pipe', 'ignore', 'ignore'], cwd: '/', env },
  );
  warden.on('error', () => undefined);
  warden.stdin?.on('error', () => undefined);
  warden.unref();
  (warden.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  return warden;
};

const dismiss = async (warden: ChildProcess): Promise<void> => {
  const identity = warden.pid === undefined ? null : identityOf(warden.pid);
  warden.stdin?.end('done\n');
  if (identity === null) return;
  await waitUntil('the end of the warden', () => !isAlive(identity), { limitMs: 2000 }).catch(() =>
    warden.kill('SIGKILL'),
  );
};

const makeFolder = (folder: string): void => {
  try {
    mkdirSync(folder, { mode: 0o700 });
    if (unprivilegedUser() !== null) chmodSync(folder, 0o711);
  } catch (error) {
    throw environmentError(`no folder for this run can be made: ${messageOf(error)}; free some space or set TMPDIR`);
  }
};

const newRecord = (name: string): RunRecord => {
  const id = `${process.pid}-${randomBytes(4).toString('hex')}`;
  return {
    id,
    name,
    boot: bootId(),
    owner: { ...ownIdentity(), command: commandLineOf(process.pid) },
    warden: null,
    startedAt: new Date().toISOString(),
    folder: path.join(temporaryParent(), `pgsurge-${id}`),
    processes: [],
    dataFolders: [],
    containers: [],
  };
};

/**
 * Writes the record down before the warden is there, and again with it, so that a kill at any instant leaves a record.
 */
const underGuard = (record: RunRecord): ChildProcess => {
  saveRecord(record);
  const warden = startWarden(record.id);
  record.warden = warden.pid === undefined ? null : identityOf(warden.pid);
  saveRecord(record);
  return warden;
};

const spawnIn = (
  record: RunRecord,
  name: string,
  file: string,
  args: readonly string[],
  options: SpawnOptions,
): OwnedProcess => {
  const env = { ...options.env, [environmentVariable]: record.id };
  const owned = spawnOwned(name, file, args, { ...options, env });
  const { pid, startTime } = owned;
  const stopSignal = options.stopSignal ?? 'SIGTERM';
  record.processes = [...record.processes.filter(isAlive), { name, pid, startTime, stopSignal }];
  saveRecord(record);
  return owned;
};

/** All that is found later is written down at once. */
const registersOf = (
  record: RunRecord,
): Pick<Workspace, 'registerDataFolder' | 'registerMender' | 'registerContainers'> => ({
  registerDataFolder: (folder) => {
    record.dataFolders.push(folder);
    saveRecord(record);
  },
  registerMender: (module) => {
    record.mender = fileURLToPath(module);
    saveRecord(record);
  },
  registerContainers: (label, engine) => {
    if (record.containers.includes(label)) return;
    record.containers.push(label);
    record.engine = engine;
    saveRecord(record);
  },
});

const mustHaveProc = (): void => {
  if (existsSync('/proc/self/stat')) return;
  throw environmentError(
    'pgsurge runs on Linux: it measures and ends processes through /proc; ' +
      'use a Linux machine, or a Linux virtual machine (WSL 2 on Windows)',
  );
};

/** `name` is for people, in what `pgsurge clean` says. */
export const createWorkspace = async (name: string): Promise<Workspace> => {
  mustHaveProc();
  const record = newRecord(name);
  const ports: number[] = [];
  let disposed: Promise<void> | null = null;
  const warden = underGuard(record);
  const dispose = async (): Promise<void> => {
    try {
      await cleanRecord(record);
    } finally {
      releasePorts(ports);
      await dismiss(warden);
    }
  };
  try {
    makeFolder(record.folder);
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    id: record.id,
    folder: record.folder,
    spawn: (processName, file, args, options = {}) => {
      if (disposed !== null) throw new Error(`${processName} was to be started in a workspace that is being removed`);
      return spawnIn(record, processName, file, args, options);
    },
    freePorts: async (count) => {
      const found = await freePorts(count);
      ports.push(...found);
      return found;
    },
    ...registersOf(record),
    [Symbol.asyncDispose]: () => (disposed ??= dispose()),
  };
};
