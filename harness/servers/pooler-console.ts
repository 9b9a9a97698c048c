import { poolerOf, type PoolerProduct } from './pooler-products.ts';
import type { PoolerConsole } from './pooler.ts';
import { askPostgres, type ConnectionOptions } from './postgres/connection.ts';

/** The console of a running pooler, for now and then: each command is given on a connection of its own. */
export const consoleAt = (product: PoolerProduct, connection: ConnectionOptions): PoolerConsole =>
  poolerOf(product).console((command) => askPostgres(connection, command));
