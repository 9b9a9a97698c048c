#!/usr/bin/env node
/**
 * Says which scenarios this night runs: of those beside the matrix and the named ones as many as fit, in turn by date.
 * Prints their ids on one line.
 *
 *     npx node scripts/tonight.ts --minutes 7 --except thundering-herd,duplicate-schedules [--date 2026-11-21]
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { $ } from 'zx';

/** `lengthMs` holds for each profile how long all variants take, with what surrounds their load. */
interface Listed {
  id: string;
  group: string;
  lengthMs: Record<string, number>;
}

/** A night's share, from where the night before ended if every night fitted the same number. At least one scenario. */
export const tonight = (all: readonly { id: string; costMs: number }[], night: number, budgetMs: number): string[] => {
  if (all.length === 0) return [];
  const mean = all.reduce((total, { costMs }) => total + costMs, 0) / all.length;
  const perNight = Math.max(1, Math.floor(budgetMs / mean));
  const first = (night * perNight) % all.length;
  const chosen: string[] = [];
  let left = budgetMs;
  for (let step = 0; step < all.length; step += 1) {
    const { id, costMs } = all[(first + step) % all.length]!;
    if (costMs > left && chosen.length > 0) break;
    chosen.push(id);
    left -= costMs;
  }
  return chosen;
};

const listScenarios = async (): Promise<Listed[]> => {
  const cwd = path.resolve(import.meta.dirname, '..');
  const { stdout } = await $({ cwd })`${process.execPath} bin/pgsurge.mjs list --json`;
  return JSON.parse(stdout) as Listed[];
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '7' },
      except: { type: 'string', default: '' },
      date: { type: 'string', default: new Date().toISOString().slice(0, 10) },
    },
  });
  const except = values.except.split(/[\s,]+/);
  const listed = await listScenarios();
  // Every run with chaos in it holds the control, once; it takes no turn of its own.
  const controlMs = listed.find(({ id }) => id === 'control')?.lengthMs.smoke ?? 0;
  const all = listed
    .filter(({ id, group }) => group !== 'matrix' && id !== 'control' && !except.includes(id))
    .map(({ id, lengthMs }) => ({ id, costMs: lengthMs.smoke! }));
  const night = Math.floor(Date.parse(values.date) / 86_400_000);
  process.stdout.write(`${tonight(all, night, Number(values.minutes) * 60_000 - controlMs).join(' ')}\n`);
};

if (import.meta.main) await main();
