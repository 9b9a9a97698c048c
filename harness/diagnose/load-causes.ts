import { loadFolder } from '../own-modules.ts';
import type { Cause } from './cause.ts';

const folder = new URL('./causes/', import.meta.url);

/** Every cause of the folder, nearest to the root first. The one file of diagnose/ that reads a disk. */
export const loadCauses = async (): Promise<Cause[]> => {
  const causes = await loadFolder<Cause>(folder, 'cause');
  return causes.sort((a, b) => a.rank - b.rank || a.id.localeCompare(b.id));
};
