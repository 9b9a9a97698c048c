import { ownModules } from '../own-modules.ts';
import type { Cause } from './cause.ts';

const folder = new URL('./causes/', import.meta.url);

/** Every cause of the folder, nearest to the root first. The one file of diagnose/ that reads a disk. */
export const loadCauses = async (): Promise<Cause[]> => {
  const causes = await Promise.all(
    ownModules(folder).map(async ({ id, href }) => {
      const { cause } = (await import(href)) as { cause?: Cause };
      if (cause?.id !== id) throw new Error(`harness/diagnose/causes/${id}.ts must export a cause with the id "${id}"`);
      return cause;
    }),
  );
  return causes.sort((a, b) => a.rank - b.rank || a.id.localeCompare(b.id));
};
