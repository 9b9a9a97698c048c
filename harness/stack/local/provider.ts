import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import type { Address } from '../../servers/address.ts';
import { unprivilegedUser } from '../../system/users.ts';
import { removeSharedMemory } from '../../system/clean.ts';
import { postgresIn, resolvePostgres } from '../../tools/postgres.ts';
import type { Tool } from '../../tools/tool.ts';
import { forwarderIfPossible } from '../../tools/forwarder.ts';
import { resolveToxiproxy } from '../../tools/toxiproxy.ts';
import { allotPorts, allSettledOrThrow, urlsOf, type Addresses } from '../addresses.ts';
import { statedSettings, urlAt } from '../partner.ts';
import { poolerLogName } from '../poolers.ts';
import { databaseName, newPasswords, type RoleName } from '../roles.ts';
import { mustRun } from '../spec.ts';
import type { Component, StackSpec, StartedStack } from '../stack.ts';
import type { StackContext } from '../start.ts';
import { startDatabase, type StartedDatabase } from './database.ts';
import type { LocalPooler } from './local-pooler.ts';
import { loadLocalPooler, startPooler, type StartedPooler } from './pooler.ts';
import { startLink } from './link.ts';
import type { Part } from './part.ts';
import { startPartner } from './partner.ts';
import { startProxy, type StartedProxy } from './proxy.ts';
import { startTaps } from './taps.ts';
import { filledTemplate } from './filled-template.ts';
import { resolveTemplate } from './template.ts';

interface Tools {
  postgres: Tool;
  product: LocalPooler;
  pooler: Tool;
  toxiproxy: Tool | null;
  forwarder: Tool | null;
}

const resolveTools = async (
  { poolerProduct, own }: StackSpec,
  { api, taps }: Pick<Addresses, 'api' | 'taps'>,
  log: (line: string) => void,
): Promise<Tools> => {
  const product = await loadLocalPooler(poolerProduct);
  const [postgres, pooler, toxiproxy, forwarder] = await allSettledOrThrow<[Tool, Tool, Tool | null, Tool | null]>([
    own?.postgresBin == null ? resolvePostgres(log) : postgresIn(own.postgresBin),
    product.resolve(log),
    api !== null ? resolveToxiproxy(log) : Promise.resolve(null),
    taps.length > 0 ? forwarderIfPossible(log) : Promise.resolve(null),
  ]);
  return { postgres, product, pooler, toxiproxy, forwarder };
};

/** Scenarios of ours say what they need; a team may count on what its own pooler does. */
const notInForceOf = ({ spec, tools }: Start): string[] => {
  if (spec.own === undefined || spec.poolers === 0) return [];
  const words = tools.product.notInForce?.(tools.pooler, spec) ?? null;
  return words === null ? [] : [words];
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
  link: Part | null;
  taps: Part | null;
  partner: Part | null;
}

interface Start {
  spec: StackSpec;
  context: StackContext;
  tools: Tools;
  addresses: Addresses;
  folder: string;
  passwords: Record<RoleName, string>;
  cleanup: AsyncDisposableStack;
}

/** What every part is started with, beside its own. */
const commonOf = ({ spec, context, folder, passwords }: Start) => ({
  spec,
  folder,
  passwords,
  workspace: context.workspace,
  onLost: context.onLost,
});

const logFileOf = ({ context }: Start, name: string): string => path.join(context.logsFolder, `${name}.log`);

const startDatabasePart = async (start: Start): Promise<StartedDatabase> => {
  const { tools, context, addresses } = start;
  const empty = await resolveTemplate(tools.postgres, context.workspace, context.log);
  const template = await filledTemplate(empty, tools.postgres, start.spec, context);
  return startDatabase({
    ...commonOf(start),
    postgres: tools.postgres,
    template,
    address: addresses.database,
    logFile: logFileOf(start, 'postgres'),
  });
};

const startPoolerPart = (start: Start, address: Address, instance: number): Promise<StartedPooler> =>
  startPooler({
    ...commonOf(start),
    tool: start.tools.pooler,
    instance,
    address,
    upstream: start.addresses.poolerUpstream,
    logFile: logFileOf(start, poolerLogName(start.spec.poolerProduct, instance)),
  });

const startProxyPart = async (start: Start): Promise<StartedProxy | null> => {
  const { api, proxies } = start.addresses;
  const { toxiproxy } = start.tools;
  if (api === null || toxiproxy === null) return null;
  return startProxy({ ...commonOf(start), toxiproxy, api, proxies, logFile: logFileOf(start, 'toxiproxy') });
};

const startLinkPart = async (start: Start): Promise<Part | null> => {
  const { proxies, proxiesBy } = start.addresses;
  return proxiesBy === 'link' ? startLink({ ...commonOf(start), proxies, logFile: logFileOf(start, 'link') }) : null;
};

const startTapsPart = async (start: Start): Promise<Part | null> => {
  const { taps } = start.addresses;
  if (taps.length === 0) return null;
  return startTaps({ ...commonOf(start), taps, forwarder: start.tools.forwarder, logFile: logFileOf(start, 'tap') });
};

/** A team's service knows nothing of our partner. */
const startPartnerPart = async (start: Start): Promise<Part | null> => {
  if (start.spec.own !== undefined) return null;
  const options = { ...commonOf(start), spec: start.spec.partner, address: start.addresses.partner };
  return startPartner({ ...options, logFile: logFileOf(start, 'partner') });
};

const startAll = async (start: Start): Promise<Started> => {
  const { addresses, cleanup } = start;
  const owned = <Server extends Part | null>(part: Server): Server => {
    if (part !== null) cleanup.use(part);
    return part;
  };
  const ownedIn = <Server extends { part: Part } | null>(server: Server): Server => {
    owned(server?.part ?? null);
    return server;
  };
  const [database, poolers, proxy, link, taps, partner] = await allSettledOrThrow<
    [StartedDatabase, StartedPooler[], StartedProxy | null, Part | null, Part | null, Part | null]
  >([
    startDatabasePart(start).then(ownedIn),
    allSettledOrThrow<StartedPooler[]>(
      addresses.poolers.map((address, instance) => startPoolerPart(start, address, instance).then(ownedIn)),
    ),
    startProxyPart(start).then(ownedIn),
    startLinkPart(start).then(owned),
    startTapsPart(start).then(owned),
    startPartnerPart(start).then(owned),
  ]);
  // Not before the database serves: a pooler that was refused once waits server_login_retry before it tries again.
  await allSettledOrThrow(poolers.map((pooler) => pooler.verify()));
  await proxy?.slow();
  return { database, poolers, proxy, link, taps, partner };
};

const versionsOf = ({ spec, tools }: Start): Record<string, string> => ({
  postgres: tools.postgres.version,
  [spec.poolerProduct]: tools.pooler.version,
  ...(tools.toxiproxy === null ? {} : { toxiproxy: tools.toxiproxy.version }),
});

const settingsOf = (spec: StackSpec, started: Started): StartedStack['settings'] => ({
  ...started.database.settings,
  ...started.poolers[0]?.settings,
  ...statedSettings(spec),
});

const partsOf = ({ database, poolers, proxy, link, taps, partner }: Started): Part[] =>
  [database.part, ...poolers.map(({ part }) => part), proxy?.part, link, taps, partner].filter((part) => part != null);

/** Our budgets are those of our own service's stack. */
const asJudged = (component: Component, { own }: StackSpec): Component =>
  own === undefined ? component : { ...component, budget: null };

const partnerOf = ({ partner }: Started, { addresses }: Start): StartedStack['partner'] =>
  partner === null ? null : { url: urlAt(addresses.partner), serviceUrl: urlAt(addresses.partner) };

const describe = (start: Start, started: Started): Omit<StartedStack, typeof Symbol.asyncDispose> => {
  const { spec, addresses, passwords } = start;
  const { poolers, proxy } = started;
  return {
    provider: 'local',
    spec,
    versions: versionsOf(start),
    settings: settingsOf(spec, started),
    notInForce: notInForceOf(start),
    database: { ...addresses.database, name: databaseName },
    ...urlsOf(addresses, passwords),
    poolers: poolers.map(({ product, address, adminUrl, logFile }) => ({ ...address, product, adminUrl, logFile })),
    toxiproxy: proxy === null ? null : { apiUrl: proxy.apiUrl, proxies: addresses.proxies },
    taps: addresses.taps.map(({ hop, metrics }) => ({ url: urlAt(metrics), hop })),
    partner: partnerOf(started, start),
    components: partsOf(started).map(({ component }) => asJudged(component, spec)),
    logsFolder: start.context.logsFolder,
  };
};

/** Postgres, one to three poolers and, where links must be slowed or broken, Toxiproxy, as processes on loopback. */
export const startProvider = async (spec: StackSpec, context: StackContext): Promise<StartedStack> => {
  mustRun(spec, 'local');
  const passwords = newPasswords();
  await using cleanup = new AsyncDisposableStack();
  const folder = await makeFolder(context);
  cleanup.defer(async () => {
    await removeSharedMemory(path.join(folder, 'data'));
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  const addresses = await allotPorts(spec, context.workspace);
  const tools = await resolveTools(spec, addresses, context.log);
  const start: Start = { spec, context, tools, addresses, folder, passwords, cleanup };
  const description = describe(start, await startAll(start));
  const parts = cleanup.move();
  return { ...description, [Symbol.asyncDispose]: () => parts.disposeAsync() };
};
