/** What every provider does with the poolers that it has started. */
import { postgresUrl, type Address } from '../servers/address.ts';
import { consoleAt } from '../servers/pooler-console.ts';
import { poolerOf, type PoolerProduct } from '../servers/pooler-products.ts';
import type { PoolerConsole } from '../servers/pooler.ts';
import { connectPostgres } from '../servers/postgres/connection.ts';
import { databaseName, roleNames } from './roles.ts';

const application = 'pgsurge-stack';
const connectMs = 5000;

/** The first is called as the product is, the others are numbered from 2: pgbouncer, pgbouncer-2. */
export const poolerServices = (product: PoolerProduct, poolers: number): string[] =>
  Array.from({ length: poolers }, (_, instance) => (instance === 0 ? product : `${product}-${instance + 1}`));

/** For people: "PgBouncer 1". */
export const poolerTitle = (product: PoolerProduct, instance: number): string =>
  `${poolerOf(product).title} ${instance + 1}`;

export const poolerLogName = (product: PoolerProduct, instance: number): string => `${product}-${instance + 1}`;

/** The console of a pooler that starts: it answers at once, or it does not serve yet. */
export const stackConsole = (product: PoolerProduct, adminUrl: string): PoolerConsole =>
  consoleAt(product, { url: adminUrl, application, limits: { connectMs, answerMs: 10_000 } });

export interface ProvenPooler {
  product: PoolerProduct;
  address: Address;
  adminUrl: string;
}

/** One login and one query of the app through to the database; the session it opened there is closed again. */
export const verifyPooler = async (
  { product, address, adminUrl }: ProvenPooler,
  appPassword: string,
): Promise<void> => {
  const app = { user: roleNames.app, password: appPassword, database: databaseName };
  // A pooler that cannot reach the database says so itself, after the time for which it lets clients wait.
  const limits = { connectMs, answerMs: null };
  const connection = await connectPostgres({ url: postgresUrl(address, app), application, limits });
  await connection.query('SELECT 1');
  await connection[Symbol.asyncDispose]();
  await stackConsole(product, adminUrl).reconnect(databaseName);
};
