import { existsSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import type { Component } from '../../stack/stack.ts';
import { processesWorkingIn } from '../../system/proc.ts';
import { endAndStart } from '../end-and-start.ts';
import { defineFault } from '../fault.ts';
import { componentOf, serves } from '../parts.ts';

/** Postgres' own words after an end that was no shutdown. */
const recovering = 'was not properly shut down; automatic recovery in progress';

/**
 * Every server process works in the data folder. A container's processes end with it, and their folder is not this
 * machine's.
 */
const dataFolderOf = (component: Component): string | null => {
  const usage = component.usage();
  return usage?.kind === 'processTree' ? readlinkSync(`/proc/${usage.pid}/cwd`) : null;
};

const recoveredSince = ({ logFile }: Component): (() => boolean) => {
  if (logFile === null) return () => true;
  const from = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  return () => existsSync(logFile) && readFileSync(logFile).subarray(from).toString('utf8').includes(recovering);
};

/**
 * SIGKILL to the postmaster and all its children. The postmaster alone is no crash: busy backends live on and commit,
 * so none may be left; and the start after it must have been a recovery.
 */
export const fault = defineFault({
  id: 'database-crash',
  title: 'Database killed',
  options: {},
  resolve: async (context) => {
    const database = componentOf(context, 'database');
    const dataFolder = dataFolderOf(database);
    const recovered = recoveredSince(database);
    return endAndStart(context, database, {
      target: 'postmaster and all its children',
      signal: async () => 'SIGKILL',
      alsoSeen: async () => {
        if (dataFolder === null) return { text: 'and its container with it', source: 'container engine' };
        return processesWorkingIn(dataFolder, 'postgres').length === 0
          ? { text: 'and no server process is left', source: 'process table' }
          : null;
      },
      serves: async () => (await serves(context.stack.databaseUrl('owner'))) && recovered(),
    });
  },
});
