import { existsSync } from 'node:fs';
import path from 'node:path';
import { loadObservations } from './collect/observations.ts';
import type { Observations } from './measure/observations.ts';

/** What one entry of a saved run observed; null where its samples are gone. An entry's name comes from a file: it must stay inside. */
export const loadSavedObservations = async (runFolder: string, entry: string): Promise<Observations | null> => {
  const samples = path.join(runFolder, 'samples', path.basename(entry));
  return path.basename(entry) === entry && entry !== '..' && existsSync(samples) ? await loadObservations(samples) : null;
};
