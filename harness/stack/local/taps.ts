import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ownModule } from '../../own-modules.ts';
import type { Workspace } from '../../system/workspace.ts';
import { servesLine } from '../../tap/serve.ts';
import type { Tool } from '../../tools/tool.ts';
import type { StackContext } from '../start.ts';
import { servedHop, type TapHop } from '../tap-hops.ts';
import { startPart, type Part } from './part.ts';

export interface TapsOptions {
  taps: readonly TapHop[];
  /** Passes their connections on; null: they do it by themselves. */
  forwarder: Tool | null;
  logFile: string;
  workspace: Workspace;
  onLost: StackContext['onLost'];
}

const program = fileURLToPath(ownModule(new URL('../../tap/serve.ts', import.meta.url)));

const serves = (logFile: string): boolean => existsSync(logFile) && readFileSync(logFile, 'utf8').includes(servesLine);

/** The taps of all hops on loopback, in one process. They hold answers back from the start, where their hop is slow. */
export const startTaps = ({ taps, forwarder, logFile, workspace, onLost }: TapsOptions): Promise<Part> =>
  startPart({
    component: 'proxy',
    instance: 1,
    title: 'the tap',
    logFile,
    readyLimitMs: 10_000,
    onLost,
    spawn: () =>
      workspace.spawn('tap', process.execPath, ['--no-warnings', program], {
        env: {
          PGSURGE_TAP_HOPS: JSON.stringify(taps.map(servedHop)),
          PGSURGE_TAP_FORWARDER: forwarder?.path ?? '',
        },
        logFile,
      }),
    ready: async () => serves(logFile),
  });
