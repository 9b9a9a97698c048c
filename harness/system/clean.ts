import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { messageOf } from '../errors.ts';
import { removeContainers } from './containers.ts';
import { mendFaults } from './mend.ts';
import {
  bootId,
  isAlive,
  ownIdentity,
  processesWithEnvironment,
  processesWorkingIn,
  processTree,
  signalProcess,
  type ProcessIdentity,
} from './proc.ts';
import { environmentVariable, listResidue, recordFile, removeRecord, type RunRecord } from './residue.ts';
import { waitUntil } from './wait.ts';

/** All that belongs to a run, whether it was written down or not. */
const processesOf = (record: RunRecord): ProcessIdentity[] => {
  const roots: ProcessIdentity[] = [
    ...record.processes.filter(isAlive),
    ...processesWithEnvironment(environmentVariable, record.id),
    ...[record.folder, ...record.dataFolders].flatMap((folder) => processesWorkingIn(folder, 'postgres')),
  ];
  const found = new Map<number, ProcessIdentity>();
  for (const root of roots) {
    found.set(root.pid, root);
    for (const process of processTree(root.pid)) found.set(process.pid, process);
  }
  const own = ownIdentity();
  return [...found.values()].filter(({ pid }) => pid !== own.pid && pid !== record.warden?.pid);
};

const nameIn = (record: RunRecord, { pid }: ProcessIdentity): string | undefined =>
  record.processes.find((owned) => owned.pid === pid)?.name;

/** Postgres takes its shared memory along only if it is asked to end. */
const askToEnd = (record: RunRecord, running: readonly ProcessIdentity[]): void => {
  for (const owned of record.processes) {
    signalProcess(owned, 'SIGCONT');
    signalProcess(owned, owned.stopSignal);
  }
  for (const process of running) if (nameIn(record, process) === undefined) signalProcess(process, 'SIGTERM');
};

/** What does not obey within 2 s is killed. */
const killAll = async (record: RunRecord): Promise<string[]> => {
  const running = processesOf(record);
  askToEnd(record, running);
  // What was found below a parent that is gone by now is found by nothing but its pid.
  const left = (): ProcessIdentity[] => [...running.filter(isAlive), ...processesOf(record)];
  const gone = (): boolean => left().length === 0;
  await waitUntil('the end of its processes', gone, { limitMs: 2000, everyMs: 20 }).catch(() => undefined);
  for (const process of left()) signalProcess(process, 'SIGKILL');
  await waitUntil('the end of its killed processes', gone, { limitMs: 2000, everyMs: 20 });
  return running.map((process) => `stopped ${nameIn(record, process) ?? 'process'} (pid ${process.pid})`);
};

/**
 * The System V segment of a Postgres that was killed -9: its id is in line 7 of postmaster.pid. Removed only if
 * nobody is attached any more (/proc/sysvipc/shm: key, shmid, perms, size, cpid, lpid, nattch, …).
 */
export const removeSharedMemory = async (dataFolder: string): Promise<void> => {
  const pidFile = path.join(dataFolder, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const [key, id] = (readFileSync(pidFile, 'utf8').split('\n')[6] ?? '').trim().split(/\s+/);
  const orphaned = readFileSync('/proc/sysvipc/shm', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .some((fields) => fields[0] === key && fields[1] === id && fields[6] === '0');
  if (orphaned && id !== undefined) await execa('ipcrm', ['-m', id], { reject: false });
};

/**
 * `kept`: some could not be removed, or not even looked for. Docker is asked only where a run has had containers, so a
 * machine without it is never bothered.
 */
const removeLabelled = async ({
  id,
  containers,
  engine = null,
}: RunRecord): Promise<{ lines: string[]; kept: boolean }> => {
  const lines: string[] = [];
  let kept = false;
  for (const label of new Set(containers)) {
    try {
      lines.push(...(await removeContainers(`pgsurge.workspace=${label}`, { lookAgain: true, engine })));
    } catch (error) {
      kept = true;
      lines.push(
        `its containers are not removed yet: ${messageOf(error)}; mend that, then: pgsurge clean ` +
          `(if they are gone for good: rm ${recordFile(id)})`,
      );
    }
  }
  return { lines, kept };
};

/**
 * Ends and removes everything a record names, then the record; containers that cannot be removed now keep it, so that
 * the next command tries again. Says what it did, a line each.
 */
export const cleanRecord = async (record: RunRecord): Promise<string[]> => {
  const sameBoot = record.boot === bootId();
  const lines = sameBoot ? await mendFaults(record) : [];
  if (sameBoot) lines.push(...(await killAll(record)));
  const containers = await removeLabelled(record);
  lines.push(...containers.lines);
  for (const folder of [...record.dataFolders, record.folder]) {
    if (sameBoot) await removeSharedMemory(folder);
    if (existsSync(folder)) lines.push(`removed ${folder}`);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
  if (!containers.kept) removeRecord(record.id);
  return lines;
};

/**
 * Clears what dead runs left and says what, a line each; runs whose owner lives are not touched.
 * A warden that is at it already is waited for.
 */
export const cleanResidue = async (): Promise<string[]> => {
  const lines: string[] = [];
  for (const record of listResidue()) {
    const { warden } = record;
    if (warden !== null && record.boot === bootId()) {
      await waitUntil('the end of the warden', () => !isAlive(warden), { limitMs: 10_000, everyMs: 50 }).catch(() =>
        signalProcess(warden, 'SIGKILL'),
      );
    }
    lines.push(...(await cleanRecord(record)).map((line) => `${record.name} of ${record.startedAt}: ${line}`));
  }
  return lines;
};
