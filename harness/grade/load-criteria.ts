import { ownModules } from '../own-modules.ts';
import type { Criterion } from './criterion.ts';

const folder = new URL('./criteria/', import.meta.url);

/** Every criterion of the folder, nearest to the root of causes first. The one file of grade/ that reads a disk. */
export const loadCriteria = async (): Promise<Criterion[]> => {
  const criteria = await Promise.all(
    ownModules(folder).map(async ({ id, href }) => {
      const { criterion } = (await import(href)) as { criterion?: Criterion };
      if (criterion?.id !== id)
        throw new Error(`harness/grade/criteria/${id}.ts must export a criterion with the id "${id}"`);
      return criterion;
    }),
  );
  return criteria.sort((a, b) => a.causeRank - b.causeRank || a.id.localeCompare(b.id));
};
