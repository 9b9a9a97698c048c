import type { z } from 'zod';
import type { PoolerSettings } from '../../scenarios/lib/pooler-settings.ts';

type Numbers = Exclude<keyof PoolerSettings, 'mode'>;

/** All settings of a pooler that are numbers; the compiler misses the one that is forgotten. */
const names: Record<Numbers, true> = {
  poolSize: true,
  minPoolSize: true,
  reservePoolSize: true,
  reservePoolTimeoutSeconds: true,
  maxDbConnections: true,
  maxUserConnections: true,
  maxClientConn: true,
  maxPreparedStatements: true,
  queryWaitTimeoutSeconds: true,
  clientIdleTimeoutSeconds: true,
  idleTransactionTimeoutSeconds: true,
  serverConnectTimeoutSeconds: true,
  serverIdleTimeoutSeconds: true,
  serverLifetimeSeconds: true,
  serverLoginRetrySeconds: true,
};

export const poolerNames = <Shape extends z.ZodType>(shape: Shape): Record<Numbers, Shape> =>
  Object.fromEntries(Object.keys(names).map((name) => [name, shape])) as Record<Numbers, Shape>;
