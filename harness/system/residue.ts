/**
 * What every run has started, written down while it starts, so that the next command can clear what a killed run
 * left. A record is cleared only when its owner (pid and start time, of this boot) is dead.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stateFolder } from './cache.ts';
import { bootId, isAlive, type ProcessIdentity } from './proc.ts';

export interface OwnedRecord extends ProcessIdentity {
  name: string;
  stopSignal: NodeJS.Signals;
}

export interface RunRecord {
  id: string;
  name: string;
  boot: string;
  owner: ProcessIdentity & { command: string };
  warden: ProcessIdentity | null;
  startedAt: string;
  folder: string;
  processes: OwnedRecord[];
  /** Data folders of servers that overwrite their environment (Postgres), found by their working directory. */
  dataFolders: string[];
  /** Values of the label `pgsurge.workspace` of containers. */
  containers: string[];
  /** File of the module that mends what this run has broken; null or absent while it has broken nothing. */
  mender?: string | null;
  /** As in DOCKER_HOST: the engine that has them; null or absent for the Docker client's own. */
  engine?: string | null;
}

export const environmentVariable = 'PGSURGE_WORKSPACE';

export const runsFolder = (): string => {
  const folder = path.join(stateFolder(), 'runs');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
};

export const recordFile = (id: string): string => path.join(runsFolder(), `${id}.json`);

/** Written whole or not at all, since a kill may come at any instant. */
export const saveRecord = (record: RunRecord): void => {
  const file = recordFile(record.id);
  writeFileSync(`${file}.part`, JSON.stringify(record), { mode: 0o600 });
  renameSync(`${file}.part`, file);
};

export const removeRecord = (id: string): void => rmSync(recordFile(id), { force: true });

export const readRecord = (id: string): RunRecord | null => {
  try {
    return JSON.parse(readFileSync(recordFile(id), 'utf8')) as RunRecord;
  } catch {
    return null;
  }
};

export const ownerIsAlive = ({ owner, boot }: Pick<RunRecord, 'owner' | 'boot'>): boolean =>
  boot === bootId() && isAlive(owner);

/** Records whose owner is dead. */
export const listResidue = (): RunRecord[] =>
  (existsSync(runsFolder()) ? readdirSync(runsFolder()) : [])
    .filter((file) => file.endsWith('.json'))
    .map((file) => readRecord(file.slice(0, -'.json'.length)))
    .filter((record) => record !== null)
    .filter((record) => !ownerIsAlive(record));
