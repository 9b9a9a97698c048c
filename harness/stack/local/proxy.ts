import type { Address } from '../../servers/address.ts';
import type { Workspace } from '../../system/workspace.ts';
import type { Tool } from '../../tools/tool.ts';
import { apiUrlOf } from '../addresses.ts';
import { statedProxies, type HopProxies, type StatedProxies } from '../../servers/toxiproxy/hops.ts';
import type { StackContext } from '../start.ts';
import { startPart, type Part } from './part.ts';

export interface ProxyOptions {
  toxiproxy: Tool;
  api: Address;
  proxies: HopProxies;
  folder: string;
  logFile: string;
  workspace: Workspace;
  onLost: StackContext['onLost'];
}

export interface StartedProxy {
  part: Part;
  apiUrl: string;
  slow: StatedProxies['slow'];
}

/** Toxiproxy on loopback with the proxies of all hops, none of them slowed yet. */
export const startProxy = async (options: ProxyOptions): Promise<StartedProxy> => {
  const { toxiproxy, api, proxies, folder, logFile, workspace, onLost } = options;
  const apiUrl = apiUrlOf(api);
  const { make, slow } = statedProxies(apiUrl, proxies);
  const part = await startPart({
    component: 'proxy',
    instance: 0,
    title: 'Toxiproxy',
    logFile,
    readyLimitMs: 10_000,
    onLost,
    spawn: () =>
      workspace.spawn('toxiproxy', toxiproxy.path, ['-host', api.host, '-port', String(api.port)], {
        cwd: folder,
        logFile,
        env: toxiproxy.env,
      }),
    ready: async () => {
      await make();
      return true;
    },
  });
  return { part, apiUrl, slow };
};
