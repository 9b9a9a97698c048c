import { goBuild } from './go-build.ts';
import { download } from './release.ts';
import { findTool, resolveTool, type Recipe } from './resolve.ts';
import type { Tool, ToolLog } from './tool.ts';

const version = '2.2.0';
const processor = process.arch === 'x64' ? 'amd64' : process.arch;

/** 2.2 and later of 2.x: OpenTelemetry output, `inspect` and TypeScript without flags are as we use them. */
const k6Recipe: Recipe = {
  name: 'k6',
  version,
  executable: 'k6',
  variable: 'K6_BIN',
  versionArguments: ['version'],
  accepts: `^${version}`,
  accepted: `k6 ${version} (or a later 2.x)`,
  ways: [
    goBuild('k6', 'go.k6.io/k6/v2', { expectedSeconds: '70 to 130 s' }),
    download({
      baseUrl: `https://github.com/grafana/k6/releases/download/v${version}`,
      asset: `k6-v${version}-linux-${processor}.tar.gz`,
      checksums: `k6-v${version}-checksums.txt`,
    }),
  ],
};

export const findK6 = (): Promise<Tool | null> => findTool(k6Recipe);
export const resolveK6 = (log: ToolLog): Promise<Tool> => resolveTool(k6Recipe, log);
