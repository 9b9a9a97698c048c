/** The poolers that the harness can speak to, and their consoles reached by a URL. */
import { pgbouncer } from './pgbouncer/pgbouncer.ts';
import type { Pooler, PoolerConsole, PoolerProduct } from './pooler.ts';
import { askPostgres, type ConnectionOptions } from './postgres/connection.ts';

const poolers: Readonly<Record<PoolerProduct, Pooler>> = { pgbouncer };

export const poolerOf = (product: PoolerProduct): Pooler => poolers[product];

/** The console of a running pooler, for now and then: each command is given on a connection of its own. */
export const consoleAt = (product: PoolerProduct, connection: ConnectionOptions): PoolerConsole =>
  poolerOf(product).console((command) => askPostgres(connection, command));
