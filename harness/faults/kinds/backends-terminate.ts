import { setTimeout as sleep } from 'node:timers/promises';
import { usageError } from '../../errors.ts';
import { defineFault } from '../fault.ts';
import { ask } from '../parts.ts';

const sessionsOfApp = `
  FROM pg_stat_activity
  WHERE backend_type = 'client backend' AND usename = 'app' AND datname = current_database()`;
/** Shorter than the pause between two requests, so that sessions at work are met too. */
const everyMs = 15;

interface Killed {
  pids: Set<number>;
  atWork: number;
}

/** Ends every session there is, again and again until told to stop. */
const terminateUntil = async (url: string, killed: Killed, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    const rows = await ask<{ pid: number; state: string | null; signalled: boolean }>(
      url,
      `SELECT pid, state, pg_terminate_backend(pid) AS signalled ${sessionsOfApp}`,
    ).catch(() => []);
    for (const { pid, state } of rows) {
      if (killed.pids.has(pid)) continue;
      killed.pids.add(pid);
      if (state !== 'idle' && state !== null) killed.atWork += 1;
    }
    await sleep(everyMs);
  }
};

/**
 * Every session of the service's role is terminated, for as long as it holds. Once would not do: behind a pooler
 * most sessions are idle, and a client notices nothing of an idle session's end. "true" from the function means that
 * the signal was sent, so the proof is that a session at work was met and that the pids are gone.
 */
export const fault = defineFault({
  id: 'backends-terminate',
  title: 'Backends terminated',
  options: {},
  resolve: async ({ stack }) => {
    const url = stack.databaseUrl('owner');
    const { length } = await ask(url, `SELECT 1 ${sessionsOfApp}`);
    if (length === 0) throw usageError('the service has no session that could be terminated');
    return {
      target: `${length} sessions of role app, and those that follow them`,
      // Whoever terminates is the harness: nothing to undo without it.
      reverts: [],
      inject: async () => {
        const stop = new AbortController();
        const killed: Killed = { pids: new Set(), atWork: 0 };
        const terminating = terminateUntil(url, killed, stop.signal);
        const left = async (): Promise<number> =>
          (await ask(url, 'SELECT 1 FROM pg_stat_activity WHERE pid = ANY($1)', [[...killed.pids]])).length;
        return {
          heal: async () => {
            stop.abort();
            await terminating;
          },
          biteAtTarget: async () =>
            killed.atWork > 0 && (await left()) < killed.pids.size
              ? {
                  text: `${killed.pids.size} backends terminated, ${killed.atWork} of them at work`,
                  source: 'pg_stat_activity',
                }
              : null,
          revertProved: async () => (await left()) === 0,
        };
      },
    };
  },
});
