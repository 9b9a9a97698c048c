/**
 * All words by which errors are known. The first match wins, so special ones stand first: the order is part of the
 * table.
 */
import type { Outcome, Signature } from './signature.ts';
import { lost, restarts } from './signatures/connections.ts';
import { poolerSays, poolMode } from './signatures/pooler.ts';
import { noSlot, poolWait } from './signatures/slots-and-pools.ts';
import { statements } from './signatures/statements.ts';

export const signatures: readonly Signature[] = [
  ...noSlot,
  ...poolWait,
  ...poolerSays,
  ...poolMode,
  ...restarts,
  ...lost,
  ...statements,
];

/** SQLSTATEs, exact or by class (first two characters), for texts that no pattern knows. 08P01 says nothing. */
export const sqlstates: Readonly<Record<string, { family: string; outcome?: Outcome }>> = {
  '53300': { family: 'no-slot' },
  '53100': { family: 'disk' },
  '53200': { family: 'memory' },
  '57P01': { family: 'server-restart' },
  '57P02': { family: 'server-restart' },
  '57P03': { family: 'server-restart', outcome: 'not-executed' },
  '57P05': { family: 'idle-timeout' },
  '25P03': { family: 'idle-timeout' },
  '25P04': { family: 'idle-timeout' },
  '57014': { family: 'statement-timeout' },
  '55P03': { family: 'lock-timeout' },
  '40P01': { family: 'deadlock' },
  '40001': { family: 'serialization' },
  '25006': { family: 'read-only' },
  '25P02': { family: 'aborted' },
  '26000': { family: 'pool-mode' },
  '42P05': { family: 'pool-mode' },
  '08001': { family: 'connect-refused' },
  '08004': { family: 'connect-refused' },
  '08003': { family: 'connection-lost', outcome: 'not-executed' },
  '08006': { family: 'connection-lost' },
  '08007': { family: 'connection-lost' },
  '23': { family: 'constraint' },
  '28': { family: 'auth' },
  '3D': { family: 'auth' },
  '42': { family: 'sql' },
};
