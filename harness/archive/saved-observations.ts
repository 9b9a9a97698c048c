import { existsSync } from 'node:fs';
import path from 'node:path';
import { loadObservations } from './samples/load-observations.ts';
import { withTodaysSeries } from './old-names.ts';
import { readRollUps } from './read-run.ts';
import type { Observations } from '../measure/tracks/observations.ts';

/**
 * What was seen during one entry of a saved run: its samples, for a kept run its roll-up, else null. An entry's name
 * comes from a file, so that it must not lead out of the run's folder.
 */
export const loadSavedObservations = async (runFolder: string, entry: string): Promise<Observations | null> => {
  if (path.basename(entry) !== entry || entry === '..') return null;
  const samples = path.join(runFolder, 'samples', entry);
  if (existsSync(samples)) return withTodaysSeries(await loadObservations(samples));
  const kept = readRollUps(runFolder)[entry];
  return kept === undefined ? null : { series: [], histograms: [], logLines: [], sources: [], kept };
};
