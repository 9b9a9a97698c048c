#!/usr/bin/env node
// Plain JavaScript for Node 18 and later: it starts the harness on the Node that the project brings along.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { nodeOfPackage } from './package-node.mjs';
import { orExplain, setUp } from './setup.mjs';

const fileOf = (place) => fileURLToPath(new URL(place, import.meta.url));
const sources = fileOf('../harness/cli/cli.ts');
const isCheckout = existsSync(sources);

await orExplain(() => {
  const cli = isCheckout ? sources : fileOf('../dist/harness/cli/cli.js');
  const leave = new URL('leave-with-launcher.mjs', import.meta.url).href;
  const flags = ['--disable-warning=ExperimentalWarning', '--import', leave];
  const node = isCheckout ? setUp() : nodeOfPackage();
  const child = spawn(node, [...flags, cli, ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exitCode = 4;
  // The harness tears down and says how it ended: stay until then. Ctrl-C at a terminal reaches it without our help.
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  child.on('error', (error) =>
    process.stderr.write(`pgsurge: Node did not start (${error.message}): delete node_modules and start again\n`),
  );
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
});
