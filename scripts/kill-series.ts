/**
 * Kills the harness (SIGKILL) at random instants while a fault is in force, so many times, and looks for what it left:
 * processes of the run, stopped ones among them, its temporary folder, its record, shared memory. The warden beside the
 * run must have mended everything within ten seconds, without the next command's help.
 *
 *   node scripts/kill-series.ts 30 [scenario…]
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { processesWithEnvironment, processesWorkingIn, isAlive } from '../harness/system/proc.ts';
import { listResidue, runsFolder, type RunRecord } from '../harness/system/residue.ts';
import { waitUntil } from '../harness/system/wait.ts';

const bin = fileURLToPath(new URL('../bin/pgsurge.mjs', import.meta.url));
const withinMs = 10_000;
const faultScenarios = ['pooler-pause', 'frozen-worker', 'latency', 'blackhole', 'lock-storm', 'slots-exhausted', 'database-crash', 'pooler-crash'];

const state = mkdtempSync(path.join(tmpdir(), 'pgsurge-kills-'));
process.env['PGSURGE_STATE_DIR'] = state;

const records = (): RunRecord[] => readdirSync(runsFolder()).filter((file) => file.endsWith('.json')).map((file) => JSON.parse(readFileSync(path.join(runsFolder(), file), 'utf8')) as RunRecord);

/** The journal's last line arms a fault that no later line mends: it is in force. */
const inForce = (journal: string): boolean => {
  if (!existsSync(journal)) return false;
  const lines = readFileSync(journal, 'utf8').trim().split('\n').filter((line) => line !== '');
  return lines.length > 0 && lines.at(-1)!.includes('"armed"');
};

const leftOf = (record: RunRecord): string[] => [
  ...record.processes.filter(isAlive).map(({ name, pid }) => `process ${name} (${pid})`),
  ...processesWithEnvironment('PGSURGE_WORKSPACE', record.id).map(({ pid }) => `process ${pid} of its environment`),
  ...processesWorkingIn(record.folder, 'postgres').map(({ pid }) => `postgres ${pid}`),
  ...(existsSync(record.folder) ? [`folder ${record.folder}`] : []),
  ...listResidue().map(({ id }) => `record ${id}`),
];

interface Killed { scenario: string; afterMs: number; mendedMs: number; left: string[] }

const killOnce = async (scenario: string): Promise<Killed> => {
  const reports = mkdtempSync(path.join(tmpdir(), 'pgsurge-kills-reports-'));
  const running = spawn(process.execPath, [bin, 'run', scenario, '--reports', reports], { stdio: 'ignore' });
  const exited = new Promise((resolve) => running.once('exit', resolve));
  try {
    const record = await waitUntil('a fault in force', () => records().find(({ folder }) => inForce(path.join(folder, 'journal.ndjson'))) ?? null, { limitMs: 60_000, everyMs: 10 });
    const afterMs = Math.round(Math.random() * 2500);
    await sleep(afterMs);
    const now = records().find(({ id }) => id === record.id) ?? record;
    process.kill(now.owner.pid, 'SIGKILL');
    const killedAt = performance.now();
    await waitUntil('a mended machine', () => leftOf(now).length === 0, { limitMs: withinMs, everyMs: 50 }).catch(() => undefined);
    return { scenario, afterMs, mendedMs: Math.round(performance.now() - killedAt), left: leftOf(now) };
  } finally {
    await exited;
    rmSync(reports, { recursive: true, force: true });
  }
};

const [count = '30', ...named] = process.argv.slice(2);
const scenarios = named.length > 0 ? named : faultScenarios;
const results: Killed[] = [];
for (let index = 0; index < Number(count); index += 1) {
  const result = await killOnce(scenarios[index % scenarios.length]!);
  results.push(result);
  console.log(`${String(index + 1).padStart(3)}  ${result.scenario.padEnd(18)} killed ${result.afterMs} ms into the fault; ${result.left.length === 0 ? `all mended ${result.mendedMs} ms later` : `LEFT: ${result.left.join(', ')}`}`);
}
const clean = results.filter(({ left }) => left.length === 0);
console.log(`${clean.length} of ${results.length} left nothing; the slowest was mended after ${Math.max(...clean.map(({ mendedMs }) => mendedMs), 0)} ms`);
rmSync(state, { recursive: true, force: true });
process.exitCode = clean.length === results.length ? 0 : 1;
