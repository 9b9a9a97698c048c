import type { Address } from '../../servers/address.ts';
import { poolerOf, type PoolerProduct } from '../../servers/pooler-products.ts';
import { unprivilegedUser } from '../../system/users.ts';
import type { Workspace } from '../../system/workspace.ts';
import { poolerTitle, stackConsole, verifyPooler } from '../poolers.ts';
import { newPassword, roleNames, type RoleName } from '../roles.ts';
import type { StackContext } from '../start.ts';
import type { LocalPooler, PoolerConfiguration } from './local-pooler.ts';
import { startPart, type Part } from './part.ts';

/** Each product has a file of its name in `poolers/`. */
export const loadLocalPooler = async (product: PoolerProduct): Promise<LocalPooler> => {
  const file = new URL(`./poolers/${product}.ts`, import.meta.url);
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

/** A pooler on loopback, its console answering. It has not tried the database yet: see `verify`. */
export const startPooler = async (options: PoolerOptions): Promise<StartedPooler> => {
  const { tool, spec, instance, address, folder, logFile, workspace, passwords } = options;
  const product = spec.poolerProduct;
  const { adminUser, adminUrl: adminUrlOf, signals } = poolerOf(product);
  const adminPassword = newPassword();
  const roles = Object.entries(roleNames).map(([name, role]) => [role, passwords[name as RoleName]]);
  const users = { ...Object.fromEntries(roles), [adminUser]: adminPassword };
  const { configure } = await loadLocalPooler(product);
  const programArguments = configure({ ...options, users });
  const adminUrl = adminUrlOf(address, adminPassword);
  let settings: Record<string, string> = {};
  const part = await startPart({
    component: 'pooler',
    instance,
    title: poolerTitle(product, instance),
    logFile,
    readyLimitMs: 10_000,
    onLost: options.onLost,
    spawn: () =>
      workspace.spawn(`${product} ${instance + 1}`, tool.path, programArguments, {
        ...unprivilegedUser(),
        cwd: folder,
        logFile,
        env: tool.env,
        stopSignal: signals(tool.version).immediate,
      }),
    ready: async () => {
      settings = await stackConsole(product, adminUrl).settings();
      return true;
    },
  });
  const started = { product, address, adminUrl };
  return { ...started, part, logFile, settings, verify: () => verifyPooler(started, passwords.app) };
};
