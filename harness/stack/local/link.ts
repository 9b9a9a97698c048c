import { fileURLToPath } from 'node:url';
import { ownModule } from '../../own-modules.ts';
import type { HopProxies } from '../../servers/toxiproxy/hops.ts';
import { linkHops, linkServes } from '../link.ts';
import type { Workspace } from '../../system/workspace.ts';
import type { StackContext } from '../start.ts';
import { startPart, type Part } from './part.ts';

export interface LinkOptions {
  proxies: HopProxies;
  logFile: string;
  workspace: Workspace;
  onLost: StackContext['onLost'];
}

const program = fileURLToPath(ownModule(new URL('../../servers/link/link.ts', import.meta.url)));

/** The link's own proxies on loopback, each slow from the start: nothing that a stack's start needs passes there. */
export const startLink = ({ proxies, logFile, workspace, onLost }: LinkOptions): Promise<Part> =>
  startPart({
    component: 'proxy',
    instance: 0,
    title: 'the link',
    logFile,
    readyLimitMs: 10_000,
    onLost,
    spawn: () =>
      workspace.spawn('link', process.execPath, ['--no-warnings', program], {
        env: { PGSURGE_LINK_HOPS: linkHops(proxies) },
        logFile,
      }),
    ready: async () => linkServes(logFile),
  });
