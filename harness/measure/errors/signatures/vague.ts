/** Words that stand in many programs, and that anything sharper beside them overrules. */
import type { Signature } from '../signature.ts';

/** Words that many programs use: they count only where neither sharper words nor a SQLSTATE tell more. */
export const vagueWords: readonly Signature[] = [
  {
    family: 'client-timeout',
    by: 'Go (pgx, database/sql)',
    pattern: /context deadline exceeded|context canceled/i,
    example: 'context deadline exceeded',
    note: 'Whether the pool, the network or a statement was waited for is not in these words.',
  },
  {
    family: 'client-timeout',
    by: 'k6, HTTP clients, .NET',
    pattern: /request timeout|timeout: request|operation (has )?timed out|socket hang up/i,
    example: 'request timeout',
  },
  {
    family: 'client-timeout',
    by: 'Python (asyncio, asyncpg)',
    pattern: /\basyncio\.(?:exceptions\.)?TimeoutError\b/,
    example: 'asyncio.exceptions.TimeoutError',
    note: 'Whether the pool, a login or a statement was waited for is not in these words.',
  },
  {
    family: 'disk',
    by: 'any program',
    pattern: /No space left on device|disk full|\bENOSPC\b/i,
    example: 'write: No space left on device',
    outcome: 'unknown',
  },
  {
    family: 'memory',
    by: 'any program',
    pattern: /out of memory|OutOfMemoryError/i,
    example: 'out of memory',
    outcome: 'unknown',
  },
  {
    family: 'host-limits',
    by: 'any program',
    pattern: /too many open files|\bEMFILE\b/i,
    example: 'open /app/config.json: too many open files',
    outcome: 'unknown',
  },
];
