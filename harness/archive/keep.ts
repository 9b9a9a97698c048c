/**
 * `keep`: a run made small enough for git. run.json without its bulk (evidence, examples, log lines) and the
 * roll-ups, together at most 130 kB: a year of nightlies stays under 50 MB.
 */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { usageError } from '../errors.ts';
import { comparedTracks, rollUpPoints, type RollUp } from '../measure/tracks/rollup.ts';
import type { TrackMaker } from '../measure/tracks/track.ts';
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

/** How much of the roll-ups is kept: all tracks or those that comparisons draw, and each `step`th point. */
interface Extent {
  tracks: 'all' | 'compared';
  step: number;
}

const whole: Extent = { tracks: 'all', step: 1 };
const everLess: readonly Extent[] = [
  whole,
  { tracks: 'compared', step: 1 },
  { tracks: 'compared', step: 2 },
  { tracks: 'compared', step: 4 },
];

const wanted = (rollUp: RollUp, { tracks, step }: Extent): RollUp =>
  everyOther(
    tracks === 'all' ? rollUp : { ...rollUp, tracks: rollUp.tracks.filter(({ id }) => comparedTracks.includes(id)) },
    step,
  );

const rollUpsDocument = (rollUps: Record<string, RollUp>, extent: Extent): Buffer => {
  const entries = Object.entries(rollUps).map(([entry, rollUp]) => [entry, wanted(rollUp, extent)] as const);
  return json({ schema: rollUpsSchemaName, entries: Object.fromEntries(entries) });
};

interface Form {
  files: Files;
  note: string;
}

/** From the fullest form to the barest: first compress, then keep fewer tracks, then fewer points. */
const forms = function* (run: RunResult, rollUps: Record<string, RollUp>): Generator<Form> {
  const document = json(run);
  const zipped = gzipSync(document);
  const all = rollUpsDocument(rollUps, whole);
  yield { files: { 'run.json': document, 'rollups.json': all }, note: `all roll-ups, ${rollUpPoints} points` };
  yield {
    files: { 'run.json.gz': zipped, 'rollups.json': all },
    note: `all roll-ups, ${rollUpPoints} points; run.json compressed`,
  };
  for (const extent of everLess) {
    yield {
      files: { 'run.json.gz': zipped, 'rollups.json.gz': gzipSync(rollUpsDocument(rollUps, extent)) },
      note: `${extent.tracks} roll-ups, ${rollUpPoints / extent.step} points; compressed`,
    };
  }
  yield { files: { 'run.json.gz': zipped }, note: 'no roll-ups: the run has too many entries' };
};

/** The first form that fits; a usage error where even the barest does not. */
export const keptFiles = (run: RunResult, rollUps: Record<string, RollUp>, label: string): Form => {
  for (const form of forms(runWithoutBulk(run, label), rollUps)) {
    if (sizeOf(form.files) <= mostKeptBytes) return form;
  }
  throw usageError(
    `run "${run.id}" cannot be kept in ${mostKeptBytes / 1000} kB: it has ${run.scenarios.length} entries; ` +
      'keep runs of fewer scenarios',
  );
};

/** Puts the folder there whole or not at all: it is written beside its place and then renamed. */
const replaceFolder = (folder: string, files: Files): void => {
  const beside = path.join(path.dirname(folder), `.${path.basename(folder)}.part`);
  rmSync(beside, { recursive: true, force: true });
  mkdirSync(beside, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(beside, name), content);
  rmSync(folder, { recursive: true, force: true });
  renameSync(beside, folder);
};

interface KeepOptions {
  observationsOf: ObservationsOf;
  /** Makers of tracks that only single charts show: the roll-up holds these too. */
  makers?: readonly TrackMaker[];
  replace?: boolean;
}

/**
 * Stores `runFolder` under `keptFolder`/LABEL. A label that is taken is a usage error unless `replace`: a baseline must
 * not change under those who compare with it.
 */
export const keepRun = async (
  runFolder: string,
  label: string,
  keptFolder: string,
  { observationsOf, makers = [], replace = false }: KeepOptions,
): Promise<KeptRun> => {
  const folder = path.join(keptFolder, validLabel(label));
  if (existsSync(folder) && !replace)
    throw usageError(`the label "${label}" is taken: take another, or replace it with --replace`);
  const saved = finishedRun(readRun(runFolder, path.dirname(keptFolder)));
  const kept =
    Object.keys(saved.rollUps).length > 0
      ? saved.rollUps
      : await rollUpsOf(saved.run.scenarios, observationsOf, makers);
  const { files, note } = keptFiles(saved.run, kept, label);
  replaceFolder(folder, files);
  return { folder, bytes: sizeOf(files), note };
};
