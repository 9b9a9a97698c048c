/** Reads a saved run, whole or kept, of today's schema or an older one. What is wrong with it is said in one line. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { messageOf, PgsurgeError, usageError } from '../errors.ts';
import type { RollUp } from '../measure/tracks/rollup.ts';
import { runResult, type RunResult } from '../result.ts';
import { migrated } from './migrate.ts';
import { withTodaysCharts, withTodaysTracks } from './old-names.ts';
import { rollUpsSchema } from './rollups.ts';

export interface SavedRun {
  folder: string;
  /** Its label if it was kept, else its folder's name. */
  name: string;
  run: RunResult;
  /** The roll-up of each entry, by its name; only kept runs hold them. */
  rollUps: Record<string, RollUp>;
}

/** A run document is under 1 MB; what is far beyond is not one. Also what a compressed one may grow to. */
const mostBytes = 32 * 2 ** 20;

/** Text of `file`, or of `file.gz`; null if neither exists. */
const readDocument = (file: string): string | null => {
  const found = [file, `${file}.gz`].find((candidate) => existsSync(candidate));
  if (found === undefined) return null;
  const { size } = statSync(found);
  if (!statSync(found).isFile() || size > mostBytes)
    throw usageError(
      `${path.basename(path.dirname(file))}/${path.basename(found)} is not a run document (${size} bytes): ` +
        'pgsurge writes at most 1 MB',
    );
  const bytes = readFileSync(found);
  return (found.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: mostBytes }) : bytes).toString('utf8');
};

const parsed = (text: string, name: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw usageError(
      `${name} is torn: after ${text.length} characters it ends or breaks off as JSON; ` +
        'take another run, or pgsurge run --resume if it was killed',
    );
  }
};

const issueOf = (error: { issues: readonly { path: PropertyKey[]; message: string }[] }): string => {
  const [issue] = error.issues;
  if (issue === undefined) return '';
  const place = issue.path.map(String).join('.').slice(0, 120);
  return `${place || 'the document'}: ${issue.message.slice(0, 160)}`;
};

// oxlint-disable-next-line no-control-regex
const controlCharacters = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** Prints as one line, whatever it holds: names come from the command line and from disk. */
const oneLine = (text: string): string => text.replaceAll(controlCharacters, '�').slice(0, 200);

/** A run document from text; throws a usage error of one line. */
const runFromText = (text: string, name: string): RunResult => {
  const checked = runResult.safeParse(migrated(parsed(text, name), name));
  if (checked.success) return withTodaysCharts(checked.data);
  throw usageError(
    `${name} is not a whole pgsurge run (${oneLine(issueOf(checked.error))}): ` +
      'it was half written or changed by hand; take another run',
  );
};

/** Roll-ups by entry; empty where there are none, or none that can be read. */
export const readRollUps = (folder: string): Record<string, RollUp> => {
  const text = readDocument(path.join(folder, 'rollups.json'));
  if (text === null) return {};
  const checked = rollUpsSchema.safeParse(parsed(text, `${oneLine(path.basename(folder))}/rollups.json`));
  if (!checked.success) return {};
  return Object.fromEntries(
    Object.entries(checked.data.entries).map(([entry, rollUp]) => [entry, withTodaysTracks(rollUp)]),
  );
};

export const isRunFolder = (folder: string): boolean =>
  ['run.json', 'run.json.gz'].some((file) => existsSync(path.join(folder, file)));

/** Labels kept under a reports folder, sorted. */
export const keptLabels = (reportsFolder: string): string[] => {
  const kept = path.join(reportsFolder, 'kept');
  return existsSync(kept)
    ? readdirSync(kept)
        .filter((label) => isRunFolder(path.join(kept, label)))
        .sort()
    : [];
};

const labelWords = (labels: readonly string[]): string =>
  labels.length === 0 ? '; none is kept yet, see pgsurge keep' : ` (kept: ${labels.slice(-10).join(', ')})`;

/**
 * Folder of a run: a path, a kept label, a folder's name under `reportsFolder`, or `latest`. Throws a usage error that
 * names the labels there are.
 */
export const findSavedRun = (run: string, reportsFolder: string): string => {
  if (run.includes('\0')) throw usageError("a run's name cannot hold a zero byte");
  const found = [run, path.join(reportsFolder, 'kept', run), path.join(reportsFolder, run)].find(isRunFolder);
  if (found !== undefined) return found;
  throw usageError(
    `there is no saved run "${oneLine(run)}": give a run's folder or a label${labelWords(keptLabels(reportsFolder))}`,
  );
};

/** A saved run by folder or label. Throws a usage error of one line for a torn, foreign or half-written one. */
export const readRun = (folderOrLabel: string, reportsFolder = 'reports'): SavedRun => {
  const folder = findSavedRun(folderOrLabel, reportsFolder);
  const name = oneLine(path.basename(path.resolve(folder)));
  try {
    const run = runFromText(readDocument(path.join(folder, 'run.json')) ?? '', `${name}/run.json`);
    return { folder, name: oneLine(run.label ?? run.id), run, rollUps: readRollUps(folder) };
  } catch (error) {
    if (error instanceof PgsurgeError) throw error;
    throw usageError(`${name}/run.json cannot be read: ${oneLine(messageOf(error))}`);
  }
};

/** For a comparison a run must have come to its end. */
export const finishedRun = (saved: SavedRun): SavedRun => {
  if (saved.run.state === 'finished') return saved;
  throw usageError(
    `run "${saved.name}" never came to its end (state "${saved.run.state}"): ` +
      `finish it with pgsurge run --resume ${saved.name}, or take another`,
  );
};
