/** Words that stand in many programs, and that anything sharper beside them overrules. */
import type { Signature } from '../signature.ts';
import { certificateCauses, certificateStep } from './logins.ts';

/** Words that many programs use: they count only where neither sharper words nor a SQLSTATE tell more. */
export const vagueWords: readonly Signature[] = [
  {
    family: 'pool-wait',
    ofAnySystem: true,
    by: 'any pool',
    pattern:
      /\b(timed? ?out|timeout|unable|failed|could not|couldn't|cannot)\b.{0,40}\b(acquir|get|obtain)\w*.{0,20}\bconnection from (the |a )?pool|connection from (the )?pool timed out|\b(database|db) connection pool (is |was )?(exhausted|full)/i,
    example: 'Unable to acquire a connection from the pool within the timeout',
    outcome: 'unknown',
    note: "Whose pool it is, the database's or that of another client, is not in these words.",
  },
  {
    family: 'client-timeout',
    ofAnySystem: true,
    by: 'Go (pgx, database/sql)',
    pattern: /context deadline exceeded|context canceled/i,
    example: 'context deadline exceeded',
    note: 'Whether the pool, the network or a statement was waited for is not in these words.',
  },
  {
    family: 'client-timeout',
    ofAnySystem: true,
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
    family: 'auth',
    ofAnySystem: true,
    by: 'any program, about certificates',
    pattern:
      /certificate verify failed|x509: |self[- ]signed certificate|unable to (verify the first|get local issuer) certificate|certificate has expired|match certificate's altnames|PKIX path building failed/i,
    example: 'self-signed certificate in certificate chain',
    note: "Whose certificate it is, the database's or that of an HTTP service, is not in these words.",
    causes: certificateCauses,
    nextStep: certificateStep,
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
