import { ownModule } from '../../own-modules.ts';
import type { Address } from '../../servers/address.ts';
import { poolerOf, type PoolerProduct } from '../../servers/pooler-products.ts';
import { unprivilegedUser } from '../../system/users.ts';
import type { OwnedProcess } from '../../system/process.ts';
import type { Workspace } from '../../system/workspace.ts';
import { poolerTitle, stackConsole, verifyPooler } from '../poolers.ts';
import { newPassword, roleNames, type RoleName } from '../roles.ts';
import type { StackContext } from '../start.ts';
import type { LocalPooler, PoolerConfiguration } from './local-pooler.ts';
import { startPart, type Part } from './part.ts';

/** Each product has a file of its name in `poolers/`. */
export const loadLocalPooler = async (product: PoolerProduct): Promise<LocalPooler> => {
  const file = ownModule(new URL(`./poolers/${product}.ts`, import.meta.url));
  return ((await import(file.href)) as { localPooler: LocalPooler }).localPooler;
};

export interface PoolerOptions extends Omit<PoolerConfiguration, 'users'> {
  logFile: string;
  workspace: Workspace;
  onLost: StackContext['onLost'];
  passwords: Record<RoleName, string>;
}

export interface StartedPooler {
  part: Part;
  product: PoolerProduct;
  address: Address;
  adminUrl: string;
  logFile: string;
  settings: Record<string, string>;
  /** One login and one query through to the database; the session it opened there is closed again. */
  verify(): Promise<void>;
}

const usersOf = (adminUser: string, adminPassword: string, passwords: PoolerOptions['passwords']) => ({
  ...Object.fromEntries(Object.entries(roleNames).map(([name, role]) => [role, passwords[name as RoleName]])),
  [adminUser]: adminPassword,
});

const spawnPooler = (options: PoolerOptions, programArguments: string[]): OwnedProcess => {
  const { tool, spec, instance, folder, logFile, workspace } = options;
  return workspace.spawn(`${spec.poolerProduct} ${instance + 1}`, tool.path, programArguments, {
    ...unprivilegedUser(),
    cwd: folder,
    logFile,
    env: tool.env,
    stopSignal: poolerOf(spec.poolerProduct).signals(tool.version).immediate,
  });
};

/** A pooler on loopback, its console answering. It has not tried the database yet: see `verify`. */
export const startPooler = async (options: PoolerOptions): Promise<StartedPooler> => {
  const { spec, instance, address, logFile, passwords, onLost } = options;
  const product = spec.poolerProduct;
  const { adminUser, adminUrl: adminUrlOf } = poolerOf(product);
  const adminPassword = newPassword();
  const { configure } = await loadLocalPooler(product);
  const programArguments = configure({ ...options, users: usersOf(adminUser, adminPassword, passwords) });
  const adminUrl = adminUrlOf(address, adminPassword);
  let settings: Record<string, string> = {};
  const part = await startPart({
    component: 'pooler',
    instance,
    title: poolerTitle(product, instance),
    logFile,
    readyLimitMs: 10_000,
    onLost,
    spawn: () => spawnPooler(options, programArguments),
    ready: async () => {
      settings = await stackConsole(product, adminUrl).settings();
      return true;
    },
  });
  const started = { product, address, adminUrl };
  return { ...started, part, logFile, settings, verify: () => verifyPooler(started, passwords.app) };
};
