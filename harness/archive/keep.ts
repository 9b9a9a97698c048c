/**
 * `keep`: a run made small enough for git. run.json without its bulk (evidence, examples, log lines) and the
 * roll-ups, together at most 130 kB: a year of nightlies stays under 50 MB.
 */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { usageError } from '../errors.ts';
import { comparedTracks, type RollUp } from '../measure/tracks/rollup.ts';
import type { RunResult, ScenarioResult } from '../result.ts';
import { validLabel } from './labels.ts';
import { finishedRun, readRun } from './read-run.ts';
import { rollUpsOf, rollUpsSchemaName, type ObservationsOf } from './rollups.ts';

export const mostKeptBytes = 130_000;

export interface KeptRun {
  folder: string;
  bytes: number;
  note: string;
}

const withoutBulk = (scenario: ScenarioResult): ScenarioResult => ({
  ...scenario,
  criteria: scenario.criteria.map((criterion) => ({ ...criterion, evidence: null })),
  symptoms: scenario.symptoms.map((symptom) => ({ ...symptom, evidence: symptom.evidence.slice(0, 1) })),
  checks: scenario.checks.map((check) => ({ ...check, examples: check.examples.slice(0, 1) })),
  errors: scenario.errors.map((error) => ({ ...error, example: error.example.slice(0, 200) })),
});

const runWithoutBulk = (run: RunResult, label: string): RunResult => ({
  ...run,
  label,
  scenarios: run.scenarios.map(withoutBulk),
});

type Files = Record<string, Buffer>;

const sizeOf = (files: Files): number => Object.values(files).reduce((total, content) => total + content.length, 0);
const json = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value)}\n`);

const everyOther = ({ stepMs, tracks, ...rest }: RollUp, step: number): RollUp => ({
  ...rest,
  stepMs: stepMs * step,
  tracks: tracks.map(({ values, ...track }) => ({ ...track, values: values.filter((_, index) => index % step === 0) })),
});

const thinned = (
  rollUps: Record<string, RollUp>,
  { only, step }: { only: boolean; step: number },
): Record<string, RollUp> =>
  Object.fromEntries(
    Object.entries(rollUps).map(([entry, kept]) => [
      entry,
      everyOther(only ? { ...kept, tracks: kept.tracks.filter(({ id }) => comparedTracks.includes(id)) } : kept, step),
    ]),
  );

/** From the fullest form to the barest: first compress, then keep fewer tracks, then fewer points. */
const forms = function* (run: RunResult, rollUps: Record<string, RollUp>): Generator<{ files: Files; note: string }> {
  const document = json(run);
  const zipped = gzipSync(document);
  const rolled = (options: { only: boolean; step: number }): Buffer =>
    json({ schema: rollUpsSchemaName, entries: thinned(rollUps, options) });
  yield {
    files: { 'run.json': document, 'rollups.json': rolled({ only: false, step: 1 }) },
    note: 'all roll-ups, 120 points',
  };
  yield {
    files: { 'run.json.gz': zipped, 'rollups.json': rolled({ only: false, step: 1 }) },
    note: 'all roll-ups, 120 points; run.json compressed',
  };
  for (const [only, step] of [
    [false, 1],
    [true, 1],
    [true, 2],
    [true, 4],
  ] as const) {
    yield {
      files: { 'run.json.gz': zipped, 'rollups.json.gz': gzipSync(rolled({ only, step })) },
      note: `${only ? 'compared' : 'all'} roll-ups, ${120 / step} points; compressed`,
    };
  }
  yield { files: { 'run.json.gz': zipped }, note: 'no roll-ups: the run has too many entries' };
};

/** The first form that fits; a usage error where even the barest does not. */
export const keptFiles = (
  run: RunResult,
  rollUps: Record<string, RollUp>,
  label: string,
): { files: Files; note: string } => {
  for (const form of forms(runWithoutBulk(run, label), rollUps)) {
    if (sizeOf(form.files) <= mostKeptBytes) return form;
  }
  throw usageError(
    `run "${run.id}" cannot be kept in ${mostKeptBytes / 1000} kB: it has ${run.scenarios.length} entries; keep runs of fewer scenarios`,
  );
};

/**
 * Stores `runFolder` under `keptFolder`/LABEL, whole or not at all. A label that is taken is a usage error unless `replace`:
 * a baseline must not change under those who compare with it.
 */
export const keepRun = async (
  runFolder: string,
  label: string,
  keptFolder: string,
  { observationsOf, replace = false }: { observationsOf: ObservationsOf; replace?: boolean },
): Promise<KeptRun> => {
  const folder = path.join(keptFolder, validLabel(label));
  if (existsSync(folder) && !replace)
    throw usageError(`the label "${label}" is taken: take another, or replace it with --replace`);
  const saved = finishedRun(readRun(runFolder, path.dirname(keptFolder)));
  const kept =
    Object.keys(saved.rollUps).length > 0 ? saved.rollUps : await rollUpsOf(saved.run.scenarios, observationsOf);
  const { files, note } = keptFiles(saved.run, kept, label);
  const beside = path.join(keptFolder, `.${label}.part`);
  rmSync(beside, { recursive: true, force: true });
  mkdirSync(beside, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(beside, name), content);
  rmSync(folder, { recursive: true, force: true });
  renameSync(beside, folder);
  return { folder, bytes: sizeOf(files), note };
};
