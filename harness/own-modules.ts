/**
 * Where our own modules are: `.ts` in a checkout, and `.js` in the package, since Node strips no types below
 * node_modules (`scripts/build-package.ts` makes them).
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ending = path.extname(import.meta.filename);

/** The same module as it lies here; the URL names it as in a checkout. */
export const ownModule = (url: URL): URL => new URL(url.href.replace(/\.ts$/, ending));

/** The modules of a folder, in the order of their names, each by its id and as it is imported. */
export const ownModules = (folder: URL): { id: string; href: string }[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(ending) && !file.endsWith(`.test${ending}`))
    .sort()
    .map((file) => ({ id: path.basename(file, ending), href: new URL(file, folder).href }));

/** What the modules of a folder export under that name: each file holds one thing, whose id is the file's name. */
export const loadFolder = async <Thing extends { id: string }>(folder: URL, name: string): Promise<Thing[]> =>
  Promise.all(
    ownModules(folder).map(async ({ id, href }) => {
      const thing = ((await import(href)) as Record<string, Thing | undefined>)[name];
      if (thing?.id === id) return thing;
      const file = path.relative(ownFolder, path.join(fileURLToPath(folder), `${id}.ts`));
      throw new Error(`${file} must export a ${name} with the id "${id}"`);
    }),
  );

/** What holds `harness/`, `service/` and `scenarios/`: the checkout, or `dist/` of the package. */
export const ownFolder = path.dirname(import.meta.dirname);

export const isCheckout = ending === '.ts';
const manifestFolder = [ownFolder, path.dirname(ownFolder)].find((folder) =>
  existsSync(path.join(folder, 'package.json')),
);

export const ownVersion = (): string =>
  (JSON.parse(readFileSync(path.join(manifestFolder ?? ownFolder, 'package.json'), 'utf8')) as { version: string })
    .version;

/** A module of a release's folder, which may be our own as it is built, or somebody's checkout. */
export const moduleIn = (folder: string, id: string): string => {
  const source = path.join(folder, `${id}.ts`);
  return existsSync(source) ? source : path.join(folder, `${id}.js`);
};
