import { existsSync } from 'node:fs';
import path from 'node:path';
import { loadObservations } from './samples/load-observations.ts';
import { withTodaysSeries } from './old-names.ts';
import { readRollUps } from './read-run.ts';
import type { Observations } from '../measure/tracks/observations.ts';

/**
 * What one entry of a saved run observed: its samples, for a kept run its roll-up, else null. An entry's name comes from a
 * file: it must stay inside.
 */
export const loadSavedObservations = async (runFolder: string, entry: string): Promise<Observations | null> => {
  if (path.basename(entry) !== entry || entry === '..') return null;
  const samples = path.join(runFolder, 'samples', entry);
  if (existsSync(samples)) return withTodaysSeries(await loadObservations(samples));
  const kept = readRollUps(runFolder)[entry];
  return kept === undefined ? null : { series: [], histograms: [], logLines: [], sources: [], kept };
};
