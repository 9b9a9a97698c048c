/** What a run needs of a machine: one check each. A check looks, it never makes anything. */
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import semver from 'semver';
import type { Check, Finding } from './check.ts';
import { dockerChecks } from './docker.ts';
import { isCheckout, ownFolder, ownVersion } from '../own-modules.ts';
import { cacheFolder } from '../system/cache.ts';
import { freePorts, releasePorts } from '../system/ports.ts';
import { listResidue } from '../system/residue.ts';
import { findK6 } from '../tools/k6.ts';
import { findPgbouncer } from '../tools/pgbouncer.ts';
import { findPostgres } from '../tools/postgres.ts';
import { onPath, versionOf } from '../tools/resolve.ts';
import type { Tool } from '../tools/tool.ts';
import { findForwarder } from '../tools/forwarder.ts';
import { findToxiproxy } from '../tools/toxiproxy.ts';

const ourCommand = isCheckout ? 'node bin/pgsurge.mjs' : 'npx pgsurge';
const fixCommand = `${ourCommand} doctor --fix`;
const oldestNode = '24.0.0';
const gigabyte = 1e9;
/** A cluster with its write-ahead log (1 GB by Postgres' default), its template, and the samples of a night. */
const neededBytes = 3 * gigabyte;
/** Two replicas, pooler and database by their budgets (1.6 GB), k6 and the harness. */
const neededMemoryBytes = 2.5 * gigabyte;
/** A compose-like local stack with three poolers and eight replicas uses fewer. */
const neededPorts = 24;

const toolFound = (tool: Tool | null): Finding =>
  tool === null ? { found: null } : { found: tool.path, version: tool.version, from: tool.from };

const programFound = async (names: readonly string[], versionArguments: readonly string[]): Promise<Finding> => {
  for (const name of names) {
    const file = await onPath(name);
    if (file !== null) return { found: file, version: await versionOf(file, versionArguments), from: 'path' };
  }
  return { found: null };
};

const gigabytes = (bytes: number): string => `${(bytes / gigabyte).toFixed(1)} GB`;

const freeSpace = async (folder: string): Promise<Finding> => {
  const { bavail, bsize } = await statfs(folder);
  return { found: `${gigabytes(bavail * bsize)} free in ${folder}`, ok: bavail * bsize >= neededBytes };
};

/** In a package they are whoever installed it's to look after; a checkout has a lock file of its own. */
const npmPackages = async (): Promise<Finding> => {
  if (!isCheckout) return { found: `of pgsurge ${ownVersion()}`, from: 'package' };
  const { lacking } = await import('../../bin/setup.mjs');
  const lacks = lacking(ownFolder);
  return { found: lacks ?? path.join(ownFolder, 'node_modules'), ok: lacks === null };
};

const programs: Check[] = [
  {
    part: 'Linux',
    purpose: 'processes are measured and cleaned up through /proc',
    required: true,
    fix: 'use a Linux machine, or a Linux virtual machine (WSL 2 on Windows)',
    look: async () => ({ found: `${process.platform} ${process.arch}`, ok: existsSync('/proc/self/stat') }),
  },
  {
    part: 'Node',
    purpose: 'runs the harness',
    required: true,
    fix: 'install Node 24 or later: https://nodejs.org',
    look: async () => ({
      found: process.execPath,
      version: process.versions.node,
      from: process.execPath.includes('node_modules') ? 'package' : 'path',
      ok: semver.gte(process.versions.node, oldestNode),
    }),
  },
  {
    part: 'npm packages',
    purpose: 'as package-lock.json has them',
    required: true,
    fix: 'npm ci',
    look: npmPackages,
  },
  {
    part: 'k6',
    purpose: 'makes the load',
    required: true,
    fix: `${fixCommand} (a run does it by itself; once, 70 to 130 s with Go)`,
    look: async () => toolFound(await findK6()),
  },
  {
    part: 'Postgres',
    purpose: 'the database under test',
    required: true,
    fix: `${fixCommand} (a run does it by itself)`,
    look: async () => toolFound(await findPostgres()),
  },
  {
    part: 'PgBouncer',
    purpose: 'the pooler under test',
    required: true,
    fix: `${fixCommand} (a run does it by itself, where there is apt-get); else your distribution's package pgbouncer`,
    look: async () => toolFound(await findPgbouncer()),
  },
  {
    part: 'Toxiproxy',
    purpose: 'slow and broken links, in chaos',
    required: true,
    fix: `${fixCommand} (a run does it by itself; once, 10 to 40 s with Go)`,
    look: async () => toolFound(await findToxiproxy()),
  },
  {
    part: 'forwarder',
    purpose: 'halves the CPU of --tap, on Linux',
    required: false,
    fix: `${fixCommand} (a run with --tap does it by itself; once, some 5 s with Go)`,
    look: async () => toolFound(await findForwarder()),
  },
  {
    part: 'Go',
    purpose: 'builds k6, Toxiproxy and the forwarder, once',
    required: false,
    fix: 'install Go 1.25 or later: https://go.dev/dl',
    look: () => programFound(['go'], ['version']),
  },
  ...dockerChecks,
  {
    part: 'Chromium',
    purpose: 'only for tests of the page',
    required: false,
    fix: 'sudo apt-get install chromium',
    look: () => programFound(['chromium', 'chromium-browser', 'google-chrome'], ['--version']),
  },
];

const machine: Check[] = [
  {
    part: 'cache folder',
    purpose: 'tools and templates between runs',
    required: true,
    fix: 'export PGSURGE_CACHE_DIR=/a/folder/that/can/be/written',
    look: async () => ({ found: cacheFolder() }),
  },
  {
    part: 'disk for reports',
    purpose: `${gigabytes(neededBytes)} are enough for a night`,
    required: true,
    fix: 'free some space, or --reports DIR elsewhere',
    look: () => freeSpace(process.cwd()),
  },
  {
    part: 'disk for the stack',
    purpose: 'clusters and their write-ahead log',
    required: true,
    fix: 'free some space, or export TMPDIR=/a/folder/with/space',
    look: () => freeSpace(tmpdir()),
  },
  {
    part: 'ports',
    purpose: 'free on loopback, below the ephemeral ones',
    required: true,
    fix: 'see who listens: ss -ltnp',
    look: async () => {
      const ports = await freePorts(neededPorts);
      releasePorts(ports);
      return { found: `${ports.length} of ${neededPorts} tried` };
    },
  },
  {
    part: 'cores',
    purpose: 'two at least, or the load and its service starve each other',
    required: false,
    fix: 'expect inconclusive verdicts (host saturated)',
    look: async () => ({ found: `${availableParallelism()}`, ok: availableParallelism() >= 2 }),
  },
  {
    part: 'memory',
    purpose: `${gigabytes(neededMemoryBytes)} by the budgets`,
    required: false,
    fix: 'close something large',
    look: async () => ({ found: gigabytes(totalmem()), ok: totalmem() >= neededMemoryBytes }),
  },
  {
    part: 'leftovers',
    purpose: 'of runs that were killed',
    required: false,
    fix: `${ourCommand} clean (the next run does it too)`,
    look: async () => ({ found: `${listResidue().length}`, ok: listResidue().length === 0 }),
  },
];

export const checks: readonly Check[] = [...programs, ...machine];
