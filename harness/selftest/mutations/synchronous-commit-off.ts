import { violated } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { shortened } from '../short-load.ts';

/**
 * The positive control: Postgres acknowledges before its log is on disk, and SIGKILL takes what it had not written yet.
 * A suite that stays green here is broken. (SIGKILL cannot test fsync: the page cache outlives the process.) The log
 * writer takes its turn 10 s after the start, the crash comes before; the set-up alone is on disk by then.
 */
export const mutation: Mutation = {
  id: 'synchronous-commit-off',
  title: 'synchronous_commit = off, the database killed',
  kind: 'control',
  quick: true,
  scenario: 'database-crash',
  plant: {
    postgres: { synchronous_commit: 'off', wal_writer_delay: '10s', wal_writer_flush_after: '1GB' },
    declaration: (declaration) => shortened(declaration, { activeJobs: 16, recoverySeconds: 9 }),
  },
  caughtBy: 'I1',
  evidence: violated('I1'),
};
