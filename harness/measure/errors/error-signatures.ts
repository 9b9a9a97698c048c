/**
 * All words by which errors are known. The first match wins, so special ones stand first: the order is part of the
 * table.
 */
import type { Signature } from './signature.ts';
import { connectRefused, connectTimeouts, hostLimits } from './signatures/connecting.ts';
import { idleTimeouts } from './signatures/idle.ts';
import { logins } from './signatures/logins.ts';
import { lost, lostBefore, restarts } from './signatures/lost.ts';
import { managedPoolers } from './signatures/managed-poolers.ts';
import { connectionBusy, poolClosed, poolLeaks } from './signatures/pool-use.ts';
import { poolEmpty, poolWait } from './signatures/pools.ts';
import { poolMode, poolerSays } from './signatures/pooler.ts';
import { noSlot } from './signatures/slots.ts';
import { statements } from './signatures/statements.ts';
import { vagueWords } from './signatures/vague.ts';

/** Words that are enough by themselves. */
export const sharpSignatures: readonly Signature[] = [
  ...noSlot,
  ...restarts,
  ...idleTimeouts,
  ...poolEmpty,
  ...poolWait,
  ...poolClosed,
  ...managedPoolers,
  ...poolMode,
  ...hostLimits,
  ...logins,
  ...poolerSays,
  ...connectTimeouts,
  ...connectRefused,
  ...connectionBusy,
  ...poolLeaks,
  ...lostBefore,
  ...lost,
  ...statements,
];

/** Words that a SQLSTATE beside them overrules. */
export const vagueSignatures: readonly Signature[] = vagueWords;

export const signatures: readonly Signature[] = [...sharpSignatures, ...vagueSignatures];
