import type { PoolerSignals } from '../pooler.ts';
import { isAtLeast } from './version.ts';

/**
 * Until 1.22 SIGINT lets queries under way end, and SIGTERM ends at once. From 1.23 on SIGINT waits for the server
 * connections, SIGTERM for all clients to leave, which under persistent pools is for ever (pgbouncer#1473), and SIGQUIT
 * ends at once. SIGQUIT ends the older ones too, only without their tidying up.
 */
export const signalsOf = (version: string): PoolerSignals => ({
  orderly: 'SIGINT',
  immediate: isAtLeast(version, '1.23.0') ? 'SIGQUIT' : 'SIGTERM',
});
