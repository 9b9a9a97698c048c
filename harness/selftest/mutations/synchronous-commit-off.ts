import { violated } from '../caught.ts';
import type { Mutation } from '../mutation.ts';
import { shortened, withFurther } from '../short.ts';

/**
 * The positive control: Postgres acknowledges before its log is on disk, and SIGKILL takes what it had not written yet.
 * A suite that stays green here is broken. (SIGKILL cannot test fsync: the page cache outlives the process.) Killed twice,
 * since the first may come right after the log writer's turn; the second comes well within one, counted from the restart.
 */
export const mutation: Mutation = {
  id: 'synchronous-commit-off',
  title: 'synchronous_commit = off, the database killed',
  kind: 'control',
  quick: true,
  scenario: 'database-crash',
  plant: {
    postgres: { synchronous_commit: 'off', wal_writer_delay: '10s', wal_writer_flush_after: '1GB' },
    declaration: (declaration) => withFurther(shortened(declaration, { activeJobs: 16, recoverySeconds: 9 }),
      { phase: 'recovery', atSeconds: 4, do: 'inject', fault: 'database-crash', holdSeconds: 1 }),
  },
  caughtBy: 'I1',
  evidence: violated('I1'),
};
