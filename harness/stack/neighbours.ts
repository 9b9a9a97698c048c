/** Sessions that other tenants of a shared cluster hold: real ones, idle, of roles of their own (seed 002, part 5). */
import { postgresUrl } from '../servers/address.ts';
import { connectPostgres, type PostgresConnection } from '../servers/postgres/connection.ts';
import { databaseName, newPassword, scramVerifier } from './roles.ts';
import type { StartedStack } from './stack.ts';

const neighbours = ['gitlab_app', 'harbor_app'];

const open = (url: string): Promise<PostgresConnection> =>
  connectPostgres({
    url,
    application: 'pgsurge-neighbour',
    limits: { connectMs: 5000, answerMs: 10_000 },
    keepAlive: true,
  });

const makeRole = async ({ databaseUrl }: StartedStack, role: string, password: string): Promise<void> => {
  await using owner = await open(databaseUrl('owner'));
  await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD '${scramVerifier(password)}'`);
};

/** As many sessions as asked, shared out among the neighbours; they end with what is given back. */
export const holdNeighbours = async (stack: StartedStack, sessions: number): Promise<AsyncDisposable> => {
  await using opened = new AsyncDisposableStack();
  for (const [index, role] of neighbours.entries()) {
    const password = newPassword();
    await makeRole(stack, role, password);
    const url = postgresUrl(stack.database, { user: role, password, database: databaseName });
    const share = Math.floor(sessions / neighbours.length) + (index < sessions % neighbours.length ? 1 : 0);
    for (let count = 0; count < share; count += 1) opened.use(await open(url));
  }
  return opened.move();
};
