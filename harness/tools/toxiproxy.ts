import { goBuild } from './go-build.ts';
import { download } from './release.ts';
import { findTool, resolveTool, type Recipe } from './resolve.ts';
import type { Tool, ToolLog } from './tool.ts';

const version = '2.12.0';
const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;

/** Only the server: the harness speaks its HTTP API itself. */
const toxiproxyRecipe: Recipe = {
  name: 'toxiproxy',
  version,
  executable: 'toxiproxy-server',
  variable: 'TOXIPROXY_BIN',
  versionArguments: ['--version'],
  accepts: `^${version}`,
  accepted: `Toxiproxy ${version} (or a later 2.x)`,
  ways: [
    goBuild('toxiproxy', 'github.com/Shopify/toxiproxy/v2/cmd/server', {
      // A build from the module calls itself "git" otherwise.
      linkerFlags: `-X github.com/Shopify/toxiproxy/v2.Version=${version}`,
      expectedSeconds: '10 to 40 s',
    }),
    download({
      baseUrl: `https://github.com/Shopify/toxiproxy/releases/download/v${version}`,
      asset: `toxiproxy-server-${platform}`,
      checksums: 'checksums.txt',
    }),
  ],
};

export const findToxiproxy = (): Promise<Tool | null> => findTool(toxiproxyRecipe);
export const resolveToxiproxy = (log: ToolLog): Promise<Tool> => resolveTool(toxiproxyRecipe, log);
