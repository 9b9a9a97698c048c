import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { goBuild } from './go-build.ts';
import { findTool, resolveTool, type Recipe } from './resolve.ts';
import type { Tool, ToolLog } from './tool.ts';

const source = fileURLToPath(new URL('go/forwarder/', import.meta.url));

/** Any change of its source is another version, so that no older one is found in the cache. */
const versionOfSource = (): string => {
  const files = readdirSync(source).sort();
  const text = files.map((name) => readFileSync(`${source}/${name}`, 'utf8')).join('');
  return `1.0.${crc32(text)}`;
};

/** The tap's data path (go/forwarder): our own, so that nobody else's will do, and built from this checkout alone. */
const forwarderRecipe = (): Recipe => {
  const version = versionOfSource();
  return {
    name: 'forwarder',
    version,
    executable: 'pgsurge-forwarder',
    variable: 'PGSURGE_FORWARDER_BIN',
    versionArguments: ['--version'],
    accepts: version,
    accepted: `forwarder ${version}`,
    ways: [goBuild('forwarder', '.', { linkerFlags: `-X main.version=${version}`, expectedSeconds: 'some 5 s' })],
  };
};

/** It is made of what only Linux has. */
const canRun = process.platform === 'linux';

export const findForwarder = async (): Promise<Tool | null> => (canRun ? findTool(forwarderRecipe()) : null);

/** Null where it cannot be had: then the tap passes bytes on by itself, for more CPU. */
export const forwarderIfPossible = async (log: ToolLog): Promise<Tool | null> => {
  if (!canRun) return null;
  return resolveTool(forwarderRecipe(), log).catch(() => null);
};
