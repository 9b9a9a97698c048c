import { readdirSync } from 'node:fs';
import type { Criterion } from './criterion.ts';

const folder = new URL('./criteria/', import.meta.url);

/** Every criterion of the folder, nearest to the root of causes first. The one file of grade/ that reads a disk. */
export const loadCriteria = async (): Promise<Criterion[]> => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const criteria = await Promise.all(
    files.map(async (file) => {
      const { criterion } = (await import(new URL(file, folder).href)) as { criterion?: Criterion };
      if (criterion === undefined || `${criterion.id}.ts` !== file)
        throw new Error(`harness/grade/criteria/${file} must export a criterion with the id "${file.slice(0, -3)}"`);
      return criterion;
    }),
  );
  return criteria.sort((a, b) => a.causeRank - b.causeRank || a.id.localeCompare(b.id));
};
