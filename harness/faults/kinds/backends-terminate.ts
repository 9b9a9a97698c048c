import { usageError } from '../../errors.ts';
import type { Fault } from '../fault.ts';
import { ask } from '../parts.ts';

const sessions = `SELECT pid FROM pg_stat_activity WHERE usename = 'app' AND pid <> pg_backend_pid()`;

/** F8: pg_terminate_backend on the service's sessions. True means only that a signal was sent: the proof is that the pid is gone. */
export const fault: Fault = {
  id: 'backends-terminate',
  title: 'All backends of the service terminated',
  colour: '#b3261e',
  resolve: async ({ stack }) => {
    const url = stack.databaseUrl('owner');
    const pids = (await ask<{ pid: number }>(url, sessions)).map(({ pid }) => pid);
    if (pids.length === 0) throw usageError('the service has no session that could be terminated');
    return {
      target: `${pids.length} sessions of role app`,
      reverts: [],
      inject: async () => {
        const terminated = (await ask<{ pid: number }>(url, `${sessions.replace('SELECT pid', 'SELECT pid, pg_terminate_backend(pid)')}`)).map(({ pid }) => pid);
        const left = async (): Promise<number> => (await ask(url, 'SELECT 1 FROM pg_stat_activity WHERE pid = ANY($1)', [terminated])).length;
        return {
          heal: async () => undefined,
          biteAtTarget: async () => (terminated.length > 0 && (await left()) === 0 ? { text: `${terminated.length} backends are gone`, source: 'pg_stat_activity' } : null),
          revertProved: async () => (await left()) === 0,
        };
      },
    };
  },
};
