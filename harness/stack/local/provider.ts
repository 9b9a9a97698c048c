import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { usageError } from '../../errors.ts';
import { unprivilegedUser } from '../../system/users.ts';
import { removeSharedMemory } from '../../system/clean.ts';
import { resolvePgbouncer } from '../../tools/pgbouncer.ts';
import { resolvePostgres } from '../../tools/postgres.ts';
import type { Tool } from '../../tools/tool.ts';
import { resolveToxiproxy } from '../../tools/toxiproxy.ts';
import { allotPorts, allSettledOrThrow, urlOf, type Addresses } from '../addresses.ts';
import type { StackSpec, StartedStack } from '../stack.ts';
import type { StackContext } from '../start.ts';
import { startDatabase, type StartedDatabase } from './database.ts';
import { startPooler, type StartedPooler } from './pooler.ts';
import { startProxy, type StartedProxy } from './proxy.ts';
import { databaseName, newPasswords, type RoleName } from '../roles.ts';
import { resolveTemplate } from './template.ts';

interface Tools {
  postgres: Tool;
  pgbouncer: Tool;
  toxiproxy: Tool | null;
}

const resolveTools = async (needsProxy: boolean, log: (line: string) => void): Promise<Tools> => {
  const [postgres, pgbouncer, toxiproxy] = await allSettledOrThrow<[Tool, Tool, Tool | null]>([
    resolvePostgres(log),
    resolvePgbouncer(log),
    needsProxy ? resolveToxiproxy(log) : Promise.resolve(null),
  ]);
  return { postgres, pgbouncer, toxiproxy };
};

/**
 * ext4 passes over inodes that were deleted in the last minutes one by one, so that the tenth cluster in a row took
 * 0.7 s longer to copy than the first. With this attribute it puts each stack's folder into a block group of its own.
 */
const spreadStacks = (folder: string): Promise<unknown> =>
  execa('chattr', ['+T', folder], { reject: false, timeout: 2000 });

const makeFolder = async (context: StackContext): Promise<string> => {
  await spreadStacks(context.workspace.folder);
  const folder = mkdtempSync(path.join(context.workspace.folder, 'stack-'));
  if (unprivilegedUser() !== null) chmodSync(folder, 0o711);
  return folder;
};

interface Started {
  database: StartedDatabase;
  poolers: StartedPooler[];
  proxy: StartedProxy | null;
  tools: Tools;
}

const startAll = async (
  spec: StackSpec,
  context: StackContext,
  addresses: Addresses,
  folder: string,
  passwords: Record<RoleName, string>,
  cleanup: AsyncDisposableStack,
): Promise<Started> => {
  const { workspace, logsFolder, log, onLost } = context;
  const tools = await resolveTools(addresses.api !== null, log);
  const common = { spec, folder, workspace, passwords, onLost };
  const logFile = (name: string): string => path.join(logsFolder, `${name}.log`);
  const owned = <Server extends { part: AsyncDisposable }>(server: Server): Server => {
    cleanup.use(server.part);
    return server;
  };
  const { api, links } = addresses;
  const { toxiproxy } = tools;
  const [database, poolers, proxy] = await allSettledOrThrow<[StartedDatabase, StartedPooler[], StartedProxy | null]>([
    resolveTemplate(tools.postgres, workspace, log)
      .then((template) =>
        startDatabase({
          ...common,
          postgres: tools.postgres,
          template,
          address: addresses.database,
          logFile: logFile('postgres'),
        }),
      )
      .then(owned),
    allSettledOrThrow<StartedPooler[]>(
      addresses.poolers.map((address, instance) =>
        startPooler({
          ...common,
          pgbouncer: tools.pgbouncer,
          instance,
          address,
          upstream: addresses.poolerUpstream,
          logFile: logFile(`pgbouncer-${instance + 1}`),
        }).then(owned),
      ),
    ),
    api === null || toxiproxy === null
      ? Promise.resolve(null)
      : startProxy({ toxiproxy, spec, api, links, folder, workspace, onLost, logFile: logFile('toxiproxy') }).then(
          owned,
        ),
  ]);
  // Not before the database serves: a pooler that was refused once waits server_login_retry before it tries again.
  await allSettledOrThrow(poolers.map((pooler) => pooler.verify()));
  await proxy?.slow();
  return { database, poolers, proxy, tools };
};

const describe = (
  spec: StackSpec,
  context: StackContext,
  addresses: Addresses,
  passwords: Record<RoleName, string>,
  started: Started,
): Omit<StartedStack, typeof Symbol.asyncDispose> => {
  const { database, poolers, proxy, tools } = started;
  return {
    provider: 'local',
    spec,
    versions: {
      postgres: tools.postgres.version,
      pgbouncer: tools.pgbouncer.version,
      ...(tools.toxiproxy === null ? {} : { toxiproxy: tools.toxiproxy.version }),
    },
    settings: {
      ...database.settings,
      ...poolers[0]?.settings,
      poolers: spec.poolers,
      databaseLinkLatencyMs: spec.databaseLinkLatencyMs,
    },
    database: { ...addresses.database, name: databaseName },
    databaseUrl: (role) => urlOf(addresses.database, role, passwords),
    serviceUrl: (route, role) =>
      urlOf(route === 'direct' ? addresses.serviceDatabase : addresses.servicePooler, role, passwords),
    poolers: poolers.map(({ address, adminUrl, logFile }) => ({ ...address, adminUrl, logFile })),
    toxiproxy: proxy === null ? null : { apiUrl: proxy.apiUrl, links: proxy.links },
    components: [database, ...poolers, ...(proxy === null ? [] : [proxy])].map(({ part }) => part.component),
    logsFolder: context.logsFolder,
  };
};

/** Postgres, one to three PgBouncers and, where links must be slowed or broken, Toxiproxy, as processes on loopback. */
export const startProvider = async (spec: StackSpec, context: StackContext): Promise<StartedStack> => {
  if (!Number.isInteger(spec.poolers) || spec.poolers < 1 || spec.poolers > 3)
    throw usageError(`environment.stack.poolers is ${spec.poolers}; the local stack runs 1 to 3`);
  const passwords = newPasswords();
  await using cleanup = new AsyncDisposableStack();
  const folder = await makeFolder(context);
  cleanup.defer(async () => {
    await removeSharedMemory(path.join(folder, 'data'));
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  const addresses = await allotPorts(spec, context.workspace);
  const started = await startAll(spec, context, addresses, folder, passwords, cleanup);
  const parts = cleanup.move();
  return {
    ...describe(spec, context, addresses, passwords, started),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
};
