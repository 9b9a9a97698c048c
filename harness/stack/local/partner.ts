import { fileURLToPath } from 'node:url';
import { ownModule } from '../../own-modules.ts';
import type { Address } from '../../servers/address.ts';
import type { Workspace } from '../../system/workspace.ts';
import { answersReady, urlAt } from '../partner.ts';
import type { StackContext } from '../start.ts';
import type { PartnerSpec } from '../stack.ts';
import { startPart, type Part } from './part.ts';

export interface PartnerOptions {
  address: Address;
  spec: PartnerSpec;
  logFile: string;
  workspace: Workspace;
  onLost: StackContext['onLost'];
}

const program = fileURLToPath(ownModule(new URL('../../../service/partner/partner.ts', import.meta.url)));

/** The server that stands for the sites to crawl, on loopback. */
export const startPartner = ({ address, spec, logFile, workspace, onLost }: PartnerOptions): Promise<Part> => {
  const env = {
    HOST: address.host,
    PORT: String(address.port),
    PGSURGE_PARTNER_SETTINGS: JSON.stringify(spec),
  };
  return startPart({
    component: 'partner',
    instance: 0,
    title: 'the partner',
    logFile,
    readyLimitMs: 10_000,
    onLost,
    spawn: () => workspace.spawn('partner', process.execPath, ['--no-warnings', program], { env, logFile }),
    ready: () => answersReady(urlAt(address)),
  });
};
