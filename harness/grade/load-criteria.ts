import { loadFolder } from '../own-modules.ts';
import type { Criterion } from './criterion.ts';

const folder = new URL('./criteria/', import.meta.url);

/** Every criterion of the folder, nearest to the root of causes first. The one file of grade/ that reads a disk. */
export const loadCriteria = async (): Promise<Criterion[]> => {
  const criteria = await loadFolder<Criterion>(folder, 'criterion');
  return criteria.sort((a, b) => a.causeRank - b.causeRank || a.id.localeCompare(b.id));
};
