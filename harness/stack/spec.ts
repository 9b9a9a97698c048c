import type { EnvironmentDeclaration } from '../../scenarios/lib/declaration.ts';
import type { Component, StackSpec } from './stack.ts';

/**
 * The healthy service's stack (docs/glossary.md, "The healthy service"). 1,100 clients rather than the seed's
 * 1,000, since probes and replicas would push the last ones out. query_wait_timeout and server_login_retry are
 * PgBouncer's own defaults.
 */
export const defaultStackSpec: StackSpec = {
  maxConnections: 90,
  roleConnectionLimit: 50,
  poolers: 1,
  poolerPoolSize: 40,
  poolerMaxClientConn: 1100,
  poolerQueryWaitTimeoutSeconds: 120,
  poolerServerLoginRetrySeconds: 15,
  databaseLinkLatencyMs: 0,
  proxies: false,
  postgres: {},
};

const mebibytes = (count: number): number => count * 1024 * 1024;

/** Cores and bytes of each part of the healthy service; headroom is a share of these. Others are shown, not judged. */
export const budgets: Partial<Record<Component['name'], NonNullable<Component['budget']>>> = {
  service: { cores: 0.8, memoryBytes: mebibytes(512) },
  pooler: { cores: 0.2, memoryBytes: mebibytes(64) },
  database: { cores: 0.6, memoryBytes: mebibytes(1024) },
};

/** The defaults, where the scenario declares nothing else (null and undefined both mean: the default). */
export const stackSpecFrom = (environment: EnvironmentDeclaration): StackSpec => {
  const declared = Object.entries(environment.stack ?? {}).filter(([, value]) => value !== null && value !== undefined);
  return { ...defaultStackSpec, ...(Object.fromEntries(declared) as Partial<StackSpec>) };
};
