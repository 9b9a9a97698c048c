/**
 * Kills the harness (SIGKILL) at random instants while a fault is in force, so many times, and looks for what it left:
 * processes of the run, stopped ones among them, its temporary folder, its record, shared memory. The warden beside the
 * run must have mended everything within ten seconds, without the next command's help. All scenarios that break
 * something take turns.
 *
 *   node scripts/kill-series.ts 30 [scenario…]
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { inspectScenario } from '../harness/profile/inspect.ts';
import { listScenarioFiles } from '../harness/profile/plan.ts';
import type { RunRecord } from '../harness/system/residue.ts';
import { waitUntil } from '../harness/system/wait.ts';
import { resolveK6 } from '../harness/tools/k6.ts';
import { leftAfterMending, look, sharedMemory } from './lib/left-behind.ts';

const bin = fileURLToPath(new URL('../bin/pgsurge.mjs', import.meta.url));
/** A kill that comes when its fault is mended already tests nothing. It is tried again, this many times in all. */
const tries = 3;

const state = mkdtempSync(path.join(tmpdir(), 'pgsurge-kills-'));
process.env['PGSURGE_STATE_DIR'] = state;

interface Chaos {
  scenario: string;
  holdMs: number;
}

const chaosScenarios = async (): Promise<Chaos[]> => {
  const k6 = await resolveK6(() => undefined);
  const found: Chaos[] = [];
  for (const { id, file } of listScenarioFiles().filter(({ group }) => group === 'chaos')) {
    const fault = (await inspectScenario(file, k6)).declaration.steps?.find((step) => step.do === 'inject');
    if (fault !== undefined) found.push({ scenario: id, holdMs: (fault.holdSeconds ?? 0) * 1000 });
  }
  return found;
};

/** True while a fault is in force: the journal's last line arms it, and no later line mends it. */
const inForce = (record: RunRecord): boolean => {
  const journal = path.join(record.folder, 'journal.ndjson');
  if (!existsSync(journal)) return false;
  const lines = readFileSync(journal, 'utf8')
    .trim()
    .split('\n')
    .filter((line) => line !== '');
  return lines.length > 0 && lines.at(-1)!.includes('"armed"');
};

interface Killed {
  scenario: string;
  afterMs: number;
  mendedMs: number;
  left: string[];
}

/** A random instant while the run's fault is in force; null where it was mended already. */
const faultInForce = async (
  servers: Set<number>,
  holdMs: number,
): Promise<{ record: RunRecord; armedAt: number } | null> => {
  const limits = { limitMs: 60_000, everyMs: 10 };
  const { id } = await waitUntil('a fault in force', () => look(servers).find(inForce) ?? null, limits);
  const armedAt = performance.now();
  // Armed comes before injected, so this is before the revert.
  const untilMs = Math.random() * holdMs;
  while (performance.now() - armedAt < untilMs) {
    await sleep(10);
    look(servers);
  }
  const record = look(servers).find((one) => one.id === id);
  return record === undefined || !inForce(record) ? null : { record, armedAt };
};

const killIn = async ({ scenario, holdMs }: Chaos, reports: string): Promise<Killed | null> => {
  const before = new Set(sharedMemory().map(({ id }) => id));
  const servers = new Set<number>();
  const running = spawn(process.execPath, [bin, 'run', scenario, '--reports', reports], { stdio: 'ignore' });
  const exited = new Promise((resolve) => running.once('exit', resolve));
  try {
    const armed = await faultInForce(servers, holdMs);
    if (armed === null) return null;
    const { record, armedAt } = armed;
    process.kill(record.owner.pid, 'SIGKILL');
    const killedAt = performance.now();
    const left = await leftAfterMending({ record, before, servers });
    return {
      scenario,
      afterMs: Math.round(killedAt - armedAt),
      mendedMs: Math.round(performance.now() - killedAt),
      left,
    };
  } finally {
    await exited;
  }
};

const killOnce = async (chaos: Chaos): Promise<Killed> => {
  const reports = mkdtempSync(path.join(tmpdir(), 'pgsurge-kills-reports-'));
  try {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const killed = await killIn(chaos, reports);
      if (killed !== null) return killed;
    }
    return {
      scenario: chaos.scenario,
      afterMs: 0,
      mendedMs: 0,
      left: [`nothing is known: each of ${tries} kills came when the fault was mended already`],
    };
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
};

const lineOf = (number: number, { scenario, afterMs, mendedMs, left }: Killed): string => {
  const outcome = left.length === 0 ? `all mended ${mendedMs} ms later` : `LEFT: ${left.join(', ')}`;
  return `${String(number).padStart(3)}  ${scenario.padEnd(19)} killed ${afterMs} ms into the fault; ${outcome}`;
};

const [count = '30', ...named] = process.argv.slice(2);
const known = await chaosScenarios();
const unknown = named.filter((name) => !known.some(({ scenario }) => scenario === name));
if (unknown.length > 0)
  throw new Error(
    `${unknown.join(', ')}: no scenario that breaks something; ` +
      `there are ${known.map(({ scenario }) => scenario).join(', ')}`,
  );
const chosen = known.filter(({ scenario }) => named.length === 0 || named.includes(scenario));
const results: Killed[] = [];
for (let index = 0; index < Number(count); index += 1) {
  const result = await killOnce(chosen[index % chosen.length]!);
  results.push(result);
  console.log(lineOf(index + 1, result));
}
const clean = results.filter(({ left }) => left.length === 0);
const slowestMs = Math.max(...clean.map(({ mendedMs }) => mendedMs), 0);
console.log(`${clean.length} of ${results.length} left nothing; the slowest was mended after ${slowestMs} ms`);
rmSync(state, { recursive: true, force: true });
process.exitCode = clean.length === results.length ? 0 : 1;
