/** What a killed run left: for the series that kill runs at random and look. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isAlive, processesWithEnvironment, processesWorkingIn } from '../../harness/system/proc.ts';
import { listResidue, runsFolder, type RunRecord } from '../../harness/system/residue.ts';
import { waitUntil } from '../../harness/system/wait.ts';

const withinMs = 10_000;

const records = (): RunRecord[] =>
  readdirSync(runsFolder())
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(path.join(runsFolder(), file), 'utf8')) as RunRecord);

interface Segment {
  id: string;
  creator: number;
}

/** key, shmid, perms, size, cpid, … */
export const sharedMemory = (): Segment[] =>
  readFileSync('/proc/sysvipc/shm', 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .map((fields) => ({ id: fields[1] ?? '', creator: Number(fields[4]) }));

export interface Traces {
  record: RunRecord;
  /** Shared memory that was there before the run. */
  before: ReadonlySet<string>;
  /** Processes of Postgres that the run wrote down at some instant, restarted ones too. */
  servers: Set<number>;
}

/** What is still there of a run. Shared memory counts where a server of the run made it: others come and go. */
const leftOf = ({ record, before, servers }: Traces): string[] => [
  ...record.processes.filter(isAlive).map(({ name, pid }) => `process ${name} (${pid})`),
  ...processesWithEnvironment('PGSURGE_WORKSPACE', record.id).map(({ pid }) => `process ${pid} of its environment`),
  ...processesWorkingIn(record.folder, 'postgres').map(({ pid }) => `postgres ${pid}`),
  ...(existsSync(record.folder) ? [`folder ${record.folder}`] : []),
  ...listResidue().map(({ id }) => `record ${id}`),
  ...sharedMemory()
    .filter(({ id, creator }) => servers.has(creator) && !before.has(id))
    .map(({ id }) => `shared memory ${id}`),
];

/** Reads the records and writes down the servers in them. */
export const look = (servers: Set<number>): RunRecord[] => {
  const all = records();
  for (const { name, pid } of all.flatMap(({ processes }) => processes)) if (name === 'postgres') servers.add(pid);
  return all;
};

/** Waits until everything is mended, or as long as that may take; gives back what is still there. */
export const leftAfterMending = async (traces: Traces): Promise<string[]> => {
  const limits = { limitMs: withinMs, everyMs: 50 };
  await waitUntil('a mended machine', () => leftOf(traces).length === 0, limits).catch(() => undefined);
  return leftOf(traces);
};
