/**
 * Reverts on disk before a fault is injected, so that whoever finds the journal can mend what a killed harness broke:
 * the warden within seconds, else the next command.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { messageOf } from '../errors.ts';
import { consoleAt } from '../servers/pooler-console.ts';
import { askPostgres, type ConnectionOptions } from '../servers/postgres/connection.ts';
import { isRefused } from '../servers/refused.ts';
import { toxiproxyAt } from '../servers/toxiproxy/client.ts';
import { identityOf, signalProcess } from '../system/proc.ts';
import type { Revert } from './fault.ts';

type Line = { armed: string; reverts: Revert[] } | { reverted: string };

const append = (file: string, line: Line): void => {
  const descriptor = openSync(file, 'a', 0o600);
  try {
    writeSync(descriptor, `${JSON.stringify(line)}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};

export const armInJournal = (file: string, id: string, reverts: Revert[]): void => append(file, { armed: id, reverts });
export const revertedInJournal = (file: string, id: string): void => append(file, { reverted: id });

/** Shorter than whoever clears up after a killed run waits for all reverts together. */
const limits = { connectMs: 1500, answerMs: 2000 };
const connectionTo = (url: string): ConnectionOptions => ({ url, application: 'pgsurge-fault', limits });

/** Undoes one thing. What is already undone is no error. */
const undo = async (command: Revert): Promise<void> => {
  switch (command.kind) {
    case 'toxic':
      return toxiproxyAt(command.apiUrl, limits.connectMs).removeToxic(command.proxy, command.toxic);
    case 'signal': {
      const now = identityOf(command.pid);
      if (now?.startTime === command.startTime) signalProcess(now, command.signal);
      return;
    }
    case 'pooler':
      return consoleAt(command.product, connectionTo(command.adminUrl)).resume(command.resume);
    case 'sql':
      await askPostgres(connectionTo(command.url), command.statement);
  }
};

/** As `undo`. Toxics and pauses live in their process: where nobody listens any more, they are gone with it. */
export const revert = async (command: Revert): Promise<void> => {
  await undo(command).catch((error: unknown) => {
    if (command.kind === 'sql' || !isRefused(error)) throw error;
  });
};

const openReverts = (file: string): Map<string, Revert[]> => {
  const open = new Map<string, Revert[]>();
  for (const text of readFileSync(file, 'utf8').split('\n')) {
    try {
      const line = JSON.parse(text) as Line;
      if ('armed' in line) open.set(line.armed, line.reverts);
      else open.delete(line.reverted);
    } catch {
      // A torn last line: its fault was not injected yet, since arming ends before injecting begins.
    }
  }
  return open;
};

/**
 * Undoes every fault that the journal holds open, newest first; gives a line for each command. A fault of which
 * anything could not be undone stays open for the next who looks; the removal of the workspace ends journal and stack
 * alike.
 */
export const replayJournal = async (file: string): Promise<string[]> => {
  if (!existsSync(file)) return [];
  const lines: string[] = [];
  for (const [id, reverts] of [...openReverts(file)].reverse()) {
    let failed = 0;
    for (const command of [...reverts].reverse()) {
      lines.push(
        await revert(command).then(
          () => `reverted ${id} (${command.kind})`,
          (error: unknown) => {
            failed += 1;
            return `could not revert ${id} (${command.kind}): ${messageOf(error)}`;
          },
        ),
      );
    }
    if (failed === 0) revertedInJournal(file, id);
  }
  return lines;
};
