/**
 * Plants each known defect, runs the scenario that exposes it, and demands that the named checker or criterion finds
 * it.
 */
import path from 'node:path';
import { readRun } from '../archive/read-run.ts';
import { exitCodes, messageOf, PgsurgeError, usageError, type ExitCode } from '../errors.ts';
import { loadFolder } from '../own-modules.ts';
import type { RunRequest } from '../run/request.ts';
import { run } from '../run/run.ts';
import { silentProgress } from '../run/progress.ts';
import { smokeRequest } from '../run/smoke-request.ts';
import type { Mutation } from './mutation.ts';

/** One mutation that was planted, and what found it. */
export interface Trial {
  mutation: Mutation;
  /** What found the defect; null where it slipped through. */
  evidence: string | null;
  seconds: number;
  folder: string;
}

const folder = new URL('./mutations/', import.meta.url);
const kindOrder: readonly Mutation['kind'][] = ['control', 'service', 'harness'];

/** Every mutation of the folder: the positive control, the bugs of the service, the bugs of the harness. */
export const loadMutations = async (): Promise<Mutation[]> => {
  const mutations = await loadFolder<Mutation>(folder, 'mutation');
  return mutations.sort((a, b) => kindOrder.indexOf(a.kind) - kindOrder.indexOf(b.kind) || a.id.localeCompare(b.id));
};

/** All, the quick ones, or those named; a name that is none rejects with what there is. */
export const selectMutations = (
  all: readonly Mutation[],
  { quick = false, only = [] }: { quick?: boolean; only?: readonly string[] },
): Mutation[] => {
  const wrong = only.find((id) => !all.some((mutation) => mutation.id === id));
  if (wrong !== undefined)
    throw usageError(`there is no mutation "${wrong}"; there are ${all.map(({ id }) => id).join(', ')}`);
  return all.filter((mutation) => (only.length > 0 ? only.includes(mutation.id) : !quick || mutation.quick === true));
};

const requestOf = (mutation: Mutation, reports: string, seed: number): RunRequest =>
  smokeRequest({
    scenarios: [...(mutation.beside === undefined ? [] : [mutation.beside]), mutation.scenario],
    profile: mutation.profile ?? 'smoke',
    reports,
    seed,
    argv: ['selftest', '--only', mutation.id],
    plant: mutation.plant,
  });

/** One mutation, whole: its run is saved under `reports/<id>`. Rejects when the run is interrupted or cannot start. */
const tryMutation = async (
  mutation: Mutation,
  { reports, seed }: { reports: string; seed: number },
): Promise<Trial> => {
  const startedAt = performance.now();
  const runs = path.join(reports, mutation.id);
  await mutation.prepare?.();
  try {
    const code = await run(requestOf(mutation, runs, seed), silentProgress);
    if (code === exitCodes.interrupted)
      throw new PgsurgeError('the selftest was interrupted: what it had not tried yet is not known to be caught', {
        exitCode: exitCodes.interrupted,
      });
    const saved = readRun('latest', runs);
    const entry = saved.run.scenarios.findLast(({ name }) => name === mutation.scenario);
    const evidence = entry === undefined ? null : mutation.evidence(entry);
    return { mutation, evidence, seconds: (performance.now() - startedAt) / 1000, folder: saved.folder };
  } finally {
    mutation.dispose?.();
  }
};

export const exitCodeOf = (trials: readonly Trial[]): ExitCode =>
  trials.length > 0 && trials.every(({ evidence }) => evidence !== null) ? exitCodes.asExpected : exitCodes.failed;

const cut = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 1)}…` : text);

const widths = { mutation: 28, caughtBy: 26, evidence: 150 };

/** One line of the table. */
export const lineOf = ({ mutation, evidence, seconds, folder: runFolder }: Trial): string => {
  const { id, caughtBy } = mutation;
  const page = path.join(runFolder, 'report.html');
  return [
    evidence === null ? 'SLIPPED ' : 'caught  ',
    id.padEnd(widths.mutation),
    caughtBy.padEnd(widths.caughtBy),
    `${seconds.toFixed(0).padStart(3)} s `,
    evidence === null ? `nobody named it: ${page}` : cut(evidence, widths.evidence),
  ].join(' ');
};

const head = [
  ''.padEnd(8),
  'mutation'.padEnd(widths.mutation),
  'to be caught by'.padEnd(widths.caughtBy),
  '  time  evidence',
].join(' ');

export const sentenceOf = (trials: readonly Trial[]): string => {
  const slipped = trials.filter(({ evidence }) => evidence === null).map(({ mutation }) => mutation.id);
  const count = `${trials.length - slipped.length} of ${trials.length} caught`;
  if (slipped.length === 0) return count;
  const them = slipped.length === 1 ? 'it' : 'them';
  return `${count}; ${slipped.join(', ')} slipped through: a green run of this harness proves nothing against ${them}`;
};

/** Says which mutation it was; wrong use and a lacking environment keep their exit code. */
const named = (mutation: Mutation, error: unknown): Error => {
  const message = `${mutation.id}: ${messageOf(error)}`;
  if (!(error instanceof PgsurgeError)) return new Error(message, { cause: error });
  return new PgsurgeError(message, { exitCode: error.exitCode, details: error.details, cause: error });
};

/** Tries them one after the other, each line as soon as it is known. */
export const selftest = async (
  mutations: readonly Mutation[],
  options: { reports: string; seed: number },
  say: (line: string) => void,
): Promise<Trial[]> => {
  const trials: Trial[] = [];
  say(head);
  for (const mutation of mutations) {
    const one = await tryMutation(mutation, options).catch((error: unknown) => {
      throw named(mutation, error);
    });
    trials.push(one);
    say(lineOf(one));
  }
  say(sentenceOf(trials));
  return trials;
};
