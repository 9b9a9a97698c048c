/**
 * Kills the harness (SIGKILL) at random instants of a run of a team's own service: while its stack starts, its
 * migration, its processes, under load, while the page is written. Ten seconds later there must be none of its
 * processes, also no grandchild and none that left its tree, no port of theirs in use, no data folder and no record.
 *
 *   node scripts/kill-series-own.ts 20 [FILE]
 *
 * The first run is left alone: it says how long a run takes. Each kill falls into another twentieth of that, so that
 * twenty of them reach over the whole. Attempts are appended to FILE with the commit and the load of the machine before
 * them; what is there already counts, so a series can be made in several calls.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { listeningPorts } from '../harness/system/listening.ts';
import { isAlive, listProcesses, processTree } from '../harness/system/proc.ts';
import type { RunRecord } from '../harness/system/residue.ts';
import { isPortFree } from '../harness/system/ports.ts';
import { waitUntil } from '../harness/system/wait.ts';
import { leftAfterMending, look, sharedMemory } from './lib/left-behind.ts';

const bin = fileURLToPath(new URL('../bin/pgsurge.mjs', import.meta.url));
const team = fileURLToPath(new URL('../harness/end-to-end/fixtures/own', import.meta.url));
const parts = 20;
/** A kill that comes when the run has ended tests nothing. It is tried again, this many times in all. */
const tries = 4;

const state = mkdtempSync(path.join(tmpdir(), 'pgsurge-kills-'));
process.env['PGSURGE_STATE_DIR'] = state;

/** Whoever works in the team's folder is theirs, whatever its parent, session and environment are by now. */
const teamsProcesses = (): string[] =>
  listProcesses().flatMap(({ pid, command }) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === team ? [`${command} (${pid})`] : [];
    } catch {
      return [];
    }
  });

const portsOf = ({ owner }: RunRecord): number[] =>
  listeningPorts(processTree(owner.pid).map(({ pid }) => pid)).map(({ port }) => port);

interface Running {
  reports: string;
  record: RunRecord;
  servers: Set<number>;
  startedAt: number;
  exited: Promise<unknown>;
}

/** Until the run has written its record down. */
const start = async (reports: string): Promise<Running> => {
  const servers = new Set<number>();
  const running: ChildProcess = spawn(process.execPath, [bin, 'run', '--reports', reports], {
    cwd: team,
    stdio: 'ignore',
  });
  const exited = new Promise((resolve) => running.once('exit', resolve));
  await waitUntil('the record', () => look(servers).length > 0, { limitMs: 30_000, everyMs: 5 });
  return { reports, record: look(servers)[0]!, servers, startedAt: performance.now(), exited };
};

const inReports = async <Answer>(use: (reports: string) => Promise<Answer>): Promise<Answer> => {
  const reports = mkdtempSync(path.join(tmpdir(), 'pgsurge-kills-reports-'));
  try {
    return await use(reports);
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
};

/** From the record to the end of one that nobody kills. */
const wholeRunMs = (): Promise<number> =>
  inReports(async (reports) => {
    const { startedAt, exited } = await start(reports);
    await exited;
    return Math.round(performance.now() - startedAt);
  });

/** What the run did last, by its own word; without a port its stack has ended. */
const doing = ({ reports }: Running, ports: number): string => {
  const [name] = readdirSync(reports).filter((entry) => entry !== 'latest');
  const folder = path.join(reports, name ?? '');
  if (existsSync(path.join(folder, 'report.html'))) return 'page written';
  const events = path.join(folder, 'events.ndjson');
  const last = existsSync(events) ? readFileSync(events, 'utf8').trim().split('\n').at(-1)! : '';
  if (last === '') return 'before the stack';
  const { type, phase, title } = JSON.parse(last) as { type: string; phase?: string; title?: string };
  const said = [type, phase ?? title].filter((word) => word !== undefined).join(' ');
  return ports === 0 ? `${said}, judging and writing the page` : said;
};

interface Killed {
  afterMs: number;
  doing: string;
  theirs: number;
  ports: number;
  mendedMs: number;
  left: string[];
}

const stillLeft = async ({ record, servers }: Running, ports: readonly number[], known: Set<string>) => {
  const left = await leftAfterMending({ record, before: known, servers });
  const taken = await Promise.all(ports.map(async (port) => ((await isPortFree(port)) ? [] : [`port ${port}`])));
  const folders = record.dataFolders.filter((folder) => existsSync(folder)).map((folder) => `data folder ${folder}`);
  return [...left, ...teamsProcesses().map((one) => `their ${one}`), ...taken.flat(), ...folders];
};

/** How long the run took, where it had ended before. */
const killAfter = (afterMs: number): Promise<Killed | number> =>
  inReports(async (reports) => {
    const known = new Set(sharedMemory().map(({ id }) => id));
    const running = await start(reports);
    const { servers, startedAt, exited } = running;
    let { record } = running;
    while (performance.now() - startedAt < afterMs && isAlive(record.owner)) {
      await sleep(10);
      record = look(servers)[0] ?? record;
    }
    const ports = portsOf(record);
    const before = {
      afterMs,
      doing: doing(running, ports.length),
      theirs: teamsProcesses().length,
      ports: ports.length,
    };
    if (!isAlive(record.owner)) {
      const wholeMs = Math.round(performance.now() - startedAt);
      await exited;
      return wholeMs;
    }
    process.kill(record.owner.pid, 'SIGKILL');
    const killedAt = performance.now();
    const left = await stillLeft({ ...running, record }, ports, known);
    const mendedMs = Math.round(performance.now() - killedAt);
    await exited;
    return { ...before, mendedMs, left };
  });

/** Seven leads through all twenty, and not one after the other. */
const instantIn = (attempt: number, wholeMs: number): number =>
  Math.round(((((attempt * 7) % parts) + Math.random()) / parts) * wholeMs);

/** A run on a quieter machine is shorter than the first, and says so by ending before. */
const killOnce = async (attempt: number, firstMs: number): Promise<Killed> => {
  let wholeMs = firstMs;
  for (let count = 0; count < tries; count += 1) {
    const killed = await killAfter(instantIn(attempt, wholeMs));
    if (typeof killed !== 'number') return killed;
    wholeMs = killed;
  }
  const left = [`nothing is known: each of ${tries} runs had ended before`];
  return { afterMs: wholeMs, doing: 'ended', theirs: 0, ports: 0, mendedMs: 0, left };
};

const commit = execFileSync('git', ['-C', import.meta.dirname, 'describe', '--always', '--dirty'], {
  encoding: 'utf8',
}).trim();

const lineOf = (attempt: number, load: string, { afterMs, theirs, ports, mendedMs, left, ...one }: Killed): string => {
  const outcome = left.length === 0 ? `nothing left ${mendedMs} ms later` : `LEFT: ${left.join(', ')}`;
  const had = `${theirs} processes of theirs, ${ports} ports`;
  return `${attempt}\t${commit}\tload ${load}\tkilled after ${afterMs} ms (${one.doing}) with ${had}; ${outcome}`;
};

const [count = '20', file] = process.argv.slice(2);
const say = (line: string): void => {
  console.log(line);
  if (file !== undefined) appendFileSync(file, `${line}\n`);
};
const before = file !== undefined && existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
const known = before.map((line) => /^a whole run takes (\d+) ms/.exec(line)?.[1]).find((ms) => ms !== undefined);
const wholeMs = known === undefined ? await wholeRunMs() : Number(known);
if (known === undefined) say(`a whole run takes ${wholeMs} ms`);
const done = before.filter((line) => /^\d+\t/.test(line)).length;

let clean = 0;
try {
  for (let attempt = done; attempt < done + Number(count); attempt += 1) {
    const load = loadavg()[0]!.toFixed(1);
    const killed = await killOnce(attempt, wholeMs);
    if (killed.left.length === 0) clean += 1;
    say(lineOf(attempt + 1, load, killed));
  }
} finally {
  rmSync(state, { recursive: true, force: true });
}
console.log(`${clean} of ${count} left nothing`);
process.exitCode = clean === Number(count) ? 0 : 1;
