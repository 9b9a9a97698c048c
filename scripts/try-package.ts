/**
 * The package's whole path, as a team takes it: packed, installed into an empty folder, started there by `npx`. Only
 * what lies on this machine's own PATH is used, and the tools' cache, which a first run would fill.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { $ } from 'zx';
import { root } from './house/sources.ts';

const mostBytes = 1.5e6;

const folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-package-'));
/** Without the packages of the checkout: their Node is not that of the team. */
const ownPath = (process.env['PATH'] ?? '').split(':').filter((part) => !part.includes('node_modules'));
const installed = $({ cwd: folder, env: { ...process.env, PATH: ownPath.join(':') }, stdio: 'inherit' });

const packed = async (): Promise<string> => {
  const { stdout } = await $({ cwd: root, quiet: true })`npm pack --json --pack-destination ${folder}`;
  const [made] = JSON.parse(stdout.slice(stdout.indexOf('[\n'))) as [{ filename: string }];
  const file = path.join(folder, made.filename);
  const { size } = statSync(file);
  console.log(`${made.filename}: ${(size / 1000).toFixed(0)} kB`);
  if (size > mostBytes) throw new Error(`the package is larger than ${mostBytes / 1e6} MB`);
  return file;
};

try {
  await installed`npm install --no-fund --no-audit --loglevel=error --save-dev ${await packed()}`;
  await installed`npx pgsurge --version`;
  await installed`npx pgsurge doctor --fix`;
  await installed`npx pgsurge run baseline`;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
