/** What a server or a client ran out of: disk and memory. */
import type { Signature } from '../signature.ts';

export const resources: readonly Signature[] = [
  {
    family: 'disk',
    by: 'Postgres (53100)',
    pattern:
      /could not (extend|write( to)?) (temporary )?file .*(No space left|wrote only)|could not (extend|write block \S+ in) file/i,
    example: 'could not extend file "base/16384/16397": No space left on device',
    note: 'As ERROR the transaction is undone; as PANIC the server went down, and a COMMIT under way is unknown.',
  },
  {
    family: 'disk',
    by: 'Postgres (53400)',
    pattern: /temporary file size exceeds/i,
    example: 'temporary file size exceeds "temp_file_limit" (1048576kB)',
    note: 'The disk need not be full: this session reached its own limit (temp_file_limit).',
  },
  {
    family: 'memory',
    by: 'Postgres (53200)',
    pattern: /out of shared memory|Failed on request of size \d+/i,
    example: 'out of shared memory',
  },
  {
    family: 'memory',
    by: 'Postgres, while it starts a session',
    pattern: /could not fork new process for connection/i,
    example: 'could not fork new process for connection: Cannot allocate memory',
    outcome: 'not-executed',
    causes: ['too many sessions for the memory of the machine, or for its limit of processes (TasksMax, pids.max)'],
    nextStep: 'Fewer server sessions, by a pooler; raise the limit of processes where memory is left.',
  },
  {
    family: 'memory',
    by: 'Postgres (53100)',
    pattern: /could not resize shared memory segment/i,
    example: 'could not resize shared memory segment "/PostgreSQL.1234" to 8388608 bytes: No space left on device',
    note: 'The memory of parallel workers in /dev/shm, and no disk: containers have 64 MB of it unless told otherwise.',
  },
  {
    family: 'memory',
    by: 'pgjdbc',
    pattern: /Ran out of memory retrieving query results/i,
    example: 'Ran out of memory retrieving query results.',
    outcome: 'unknown',
    note: "The client's memory: the statement had run.",
  },
];
