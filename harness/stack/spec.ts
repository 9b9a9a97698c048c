import type { EnvironmentDeclaration } from '../../scenarios/lib/declaration.ts';
import { usageError } from '../errors.ts';
import type { Component, StackSpec } from './stack.ts';

/**
 * The healthy service's stack (docs/glossary.md, "The healthy service"). 1,100 clients rather than the seed's
 * 1,000, since probes and replicas would push the last ones out. query_wait_timeout and server_login_retry are
 * PgBouncer's own defaults. Prepared statements are not followed, as in PgBouncer before 1.21.
 */
export const defaultStackSpec: StackSpec = {
  maxConnections: 90,
  roles: { app: { connectionLimit: 50 }, listen: { connectionLimit: null } },
  poolerProduct: 'pgbouncer',
  poolers: 1,
  pooler: {
    mode: 'transaction',
    poolSize: 40,
    maxClientConn: 1100,
    maxPreparedStatements: 0,
    queryWaitTimeoutSeconds: 120,
    serverLoginRetrySeconds: 15,
  },
  linkMs: 0,
  databaseLinkLatencyMs: 0,
  neighbourSessions: 0,
  proxies: false,
  tap: false,
  postgres: {},
  partner: { crawlMs: 400, forbiddenShare: 0, failingShare: 0, stalledShare: 0, linksPerPage: 1 },
};

const mebibytes = (count: number): number => count * 1024 * 1024;

/** Cores and bytes of each part of the healthy service; headroom is a share of these. Others are shown, not judged. */
export const budgets: Partial<Record<Component['name'], NonNullable<Component['budget']>>> = {
  service: { cores: 0.8, memoryBytes: mebibytes(512) },
  pooler: { cores: 0.2, memoryBytes: mebibytes(64) },
  database: { cores: 0.6, memoryBytes: mebibytes(1024) },
};

/** The defaults, under what is declared; null and undefined both mean: the default. */
const over = <Defaults extends object>(defaults: Defaults, declared: object | null | undefined): Defaults => ({
  ...defaults,
  ...Object.fromEntries(Object.entries(declared ?? {}).filter(([, value]) => value !== null && value !== undefined)),
});

export const stackSpecFrom = ({ stack, pooler, roles }: EnvironmentDeclaration): StackSpec => ({
  ...over(defaultStackSpec, stack),
  pooler: over(defaultStackSpec.pooler, pooler),
  partner: over(defaultStackSpec.partner, stack?.partner),
  roles: {
    app: over(defaultStackSpec.roles.app, roles?.app),
    listen: over(defaultStackSpec.roles.listen, roles?.listen),
  },
});

/** Both providers that start a stack run one to three poolers; a team's own stack may have none. */
export const mustRun = ({ poolers, own }: StackSpec, provider: string): void => {
  const fewest = own === undefined ? 1 : 0;
  if (Number.isInteger(poolers) && poolers >= fewest && poolers <= 3) return;
  throw usageError(`environment.stack.poolers is ${poolers}; the ${provider} stack runs 1 to 3`);
};
