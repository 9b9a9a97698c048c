/** Clients that leave while their query runs: the pool seems too small, while Postgres has several times its size. */
import { formatCount } from '../measure/numbers-in-words.ts';
import { seriesOf } from '../measure/tracks/observations.ts';
import { growthOf, type Window } from '../measure/tracks/windows.ts';
import type { JudgedEntry } from './criterion.ts';
import { found, peakOf, type ConnectionLimit } from './limit-finding.ts';

/** Fewer may be clients that were ended for good. */
const fewestAbandoned = 10;
/** So many times the pooler's server connections are not its sessions alone. */
const beyondPool = 1.5;

/**
 * Who waits too briefly leaves its query running: the pooler must throw away the connection under it and opens another
 * one, so that sessions pile up beyond its pool, most of them for nobody.
 */
export const impatientClients = ({ observations }: JudgedEntry, windows: readonly Window[]): ConnectionLimit | null => {
  const grown = (name: string): number => Math.round(growthOf(seriesOf(observations, name), windows));
  const left = grown('postgres.sessions.abandoned') + grown('postgres.sessions.fatal');
  const opened = grown('postgres.sessions.opened');
  const sessions = peakOf(seriesOf(observations, 'postgres.sessions'), windows);
  const servers = peakOf(seriesOf(observations, 'pooler.servers'), windows);
  if (Math.min(left, opened) < fewestAbandoned || sessions === null || servers === null) return null;
  if (sessions.value < beyondPool * servers.value) return null;
  return found(
    'impatient-clients',
    `Clients leave while their query runs: ${formatCount(left)} sessions lost their client and ` +
      `${formatCount(opened)} were opened; up to ${sessions.value} at once, where the pooler has ${servers.value} ` +
      'server connections, and what the others run is read by nobody. A larger pool makes it worse: let the server ' +
      "end a query before its client gives up (statement_timeout below the client's limit)",
    sessions.atMs,
    `${sessions.value} sessions`,
    'pg_stat_database, pg_stat_activity',
  );
};
