/** The poolers that the harness can speak to. */
import { pgbouncer } from './pgbouncer/pgbouncer.ts';
import type { Pooler } from './pooler.ts';

const poolers = { pgbouncer } satisfies Record<string, Pooler>;

/** The name of a product stands in settings, in versions, in names of log files and of containers. */
export type PoolerProduct = keyof typeof poolers;

export const poolerProducts = Object.keys(poolers) as [PoolerProduct, ...PoolerProduct[]];

export const poolerOf = (product: PoolerProduct): Pooler => poolers[product];
