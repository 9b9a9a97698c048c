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
import type { Address, StackSpec, StartedStack, ToxiproxyLink } from '../stack.ts';
import type { StackContext } from '../start.ts';
import { startDatabase, type StartedDatabase } from './database.ts';
import { startPooler, type StartedPooler } from './pooler.ts';
import { startProxy, type StartedProxy } from './proxy.ts';
import { databaseName, newPassword, roleNames, type RoleName } from './roles.ts';
import { resolveTemplate } from './template.ts';

const host = '127.0.0.1';

interface Addresses {
  database: Address;
  poolers: Address[];
  api: Address | null;
  links: ToxiproxyLink[];
  /** What the poolers and, on the direct route, the service dial. */
  poolerUpstream: Address;
  servicePooler: Address;
  serviceDatabase: Address;
}

/** Latency alone needs the database's links only; `proxies` puts one before the first pooler too. */
const allotPorts = async (spec: StackSpec, { workspace }: StackContext): Promise<Addresses> => {
  const ports = (await workspace.freePorts(1 + spec.poolers + 4)).map((port): Address => ({ host, port }));
  const [database, api, poolerDatabase, serviceDatabase, servicePooler, ...poolers] = ports as [Address, Address, Address, Address, Address, ...Address[]];
  const firstPooler = poolers[0] as Address;
  const direct = { database, poolers, poolerUpstream: database, serviceDatabase: database, servicePooler: firstPooler };
  if (spec.databaseLinkLatencyMs <= 0 && !spec.proxies) return { ...direct, api: null, links: [] };
  const links: ToxiproxyLink[] = [
    { proxy: 'pooler-database', listen: poolerDatabase, upstream: database },
    { proxy: 'service-database', listen: serviceDatabase, upstream: database },
    ...(spec.proxies ? [{ proxy: 'service-pooler' as const, listen: servicePooler, upstream: firstPooler }] : []),
  ];
  return { ...direct, api, links, poolerUpstream: poolerDatabase, serviceDatabase, servicePooler: spec.proxies ? servicePooler : firstPooler };
};

/** Waits for all, so that nothing is still starting when what has started is stopped; then throws the first failure. */
const allSettledOrThrow = async <Values extends readonly unknown[]>(promises: { [Key in keyof Values]: Promise<Values[Key]> }): Promise<Values> => {
  await Promise.allSettled(promises as readonly Promise<unknown>[]);
  return Promise.all(promises as readonly Promise<unknown>[]) as unknown as Promise<Values>;
};

interface Tools { postgres: Tool; pgbouncer: Tool; toxiproxy: Tool | null }

const resolveTools = async (needsProxy: boolean, log: (line: string) => void): Promise<Tools> => {
  const [postgres, pgbouncer, toxiproxy] = await allSettledOrThrow<[Tool, Tool, Tool | null]>(
    [resolvePostgres(log), resolvePgbouncer(log), needsProxy ? resolveToxiproxy(log) : Promise.resolve(null)]);
  return { postgres, pgbouncer, toxiproxy };
};

/**
 * ext4 passes over inodes that were deleted in the last minutes one by one, so that the tenth cluster in a row took
 * 0.7 s longer to copy than the first. With this attribute it puts each stack's folder into a block group of its own.
 */
const spreadStacks = (folder: string): Promise<unknown> => execa('chattr', ['+T', folder], { reject: false, timeout: 2000 });

const makeFolder = async (context: StackContext): Promise<string> => {
  await spreadStacks(context.workspace.folder);
  const folder = mkdtempSync(path.join(context.workspace.folder, 'stack-'));
  if (unprivilegedUser() !== null) chmodSync(folder, 0o711);
  return folder;
};

interface Started { database: StartedDatabase; poolers: StartedPooler[]; proxy: StartedProxy | null; tools: Tools }

const startAll = async (
  spec: StackSpec, context: StackContext, addresses: Addresses, folder: string, passwords: Record<RoleName, string>, cleanup: AsyncDisposableStack,
): Promise<Started> => {
  const { workspace, logsFolder, log } = context;
  const tools = await resolveTools(addresses.api !== null, log);
  const common = { spec, folder, workspace, passwords };
  const logFile = (name: string): string => path.join(logsFolder, `${name}.log`);
  const owned = <Server extends { part: AsyncDisposable }>(server: Server): Server => { cleanup.use(server.part); return server; };
  const { api, links } = addresses;
  const { toxiproxy } = tools;
  const [database, poolers, proxy] = await allSettledOrThrow<[StartedDatabase, StartedPooler[], StartedProxy | null]>([
    resolveTemplate(tools.postgres, workspace, log)
      .then((template) => startDatabase({ ...common, postgres: tools.postgres, template, address: addresses.database, logFile: logFile('postgres') })).then(owned),
    allSettledOrThrow<StartedPooler[]>(addresses.poolers.map((address, instance) =>
      startPooler({ ...common, pgbouncer: tools.pgbouncer, instance, address, upstream: addresses.poolerUpstream, logFile: logFile(`pgbouncer-${instance + 1}`) }).then(owned))),
    api === null || toxiproxy === null ? Promise.resolve(null) : startProxy({ toxiproxy, spec, api, links, folder, workspace, logFile: logFile('toxiproxy') }).then(owned),
  ]);
  // Not before the database serves: a pooler that was refused once waits server_login_retry before it tries again.
  await allSettledOrThrow(poolers.map((pooler) => pooler.verify()));
  return { database, poolers, proxy, tools };
};

const url = (address: Address, role: RoleName, passwords: Record<RoleName, string>): string =>
  `postgres://${roleNames[role]}:${passwords[role]}@${address.host}:${address.port}/${databaseName}`;

const describe = (
  spec: StackSpec, context: StackContext, addresses: Addresses, passwords: Record<RoleName, string>, started: Started,
): Omit<StartedStack, typeof Symbol.asyncDispose> => {
  const { database, poolers, proxy, tools } = started;
  return {
    provider: 'local',
    spec,
    versions: { postgres: tools.postgres.version, pgbouncer: tools.pgbouncer.version, ...(tools.toxiproxy === null ? {} : { toxiproxy: tools.toxiproxy.version }) },
    settings: { ...database.settings, ...poolers[0]?.settings, poolers: spec.poolers, databaseLinkLatencyMs: spec.databaseLinkLatencyMs },
    database: { ...addresses.database, name: databaseName },
    databaseUrl: (role) => url(addresses.database, role, passwords),
    serviceUrl: (route, role) => url(route === 'direct' ? addresses.serviceDatabase : addresses.servicePooler, role, passwords),
    poolers: poolers.map(({ address, adminUrl, logFile }) => ({ ...address, adminUrl, logFile })),
    toxiproxy: proxy === null ? null : { apiUrl: proxy.apiUrl, links: proxy.links },
    components: [database, ...poolers, ...(proxy === null ? [] : [proxy])].map(({ part }) => part.component),
    logsFolder: context.logsFolder,
  };
};

/** Postgres, one to three PgBouncers and, where links must be slowed or broken, Toxiproxy, as processes on loopback. */
export const startProvider = async (spec: StackSpec, context: StackContext): Promise<StartedStack> => {
  if (!Number.isInteger(spec.poolers) || spec.poolers < 1 || spec.poolers > 3) throw usageError(`environment.stack.poolers is ${spec.poolers}; the local stack runs 1 to 3`);
  const passwords: Record<RoleName, string> = { owner: newPassword(), app: newPassword(), listen: newPassword(), probe: newPassword() };
  await using cleanup = new AsyncDisposableStack();
  const folder = await makeFolder(context);
  cleanup.defer(async () => {
    await removeSharedMemory(path.join(folder, 'data'));
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  const addresses = await allotPorts(spec, context);
  const started = await startAll(spec, context, addresses, folder, passwords, cleanup);
  const parts = cleanup.move();
  return { ...describe(spec, context, addresses, passwords, started), [Symbol.asyncDispose]: () => parts.disposeAsync() };
};
