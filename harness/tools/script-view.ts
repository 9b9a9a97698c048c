/**
 * A stranger's script as k6 can load it. `import { matrix } from 'pgsurge/k6'` names a package, and k6 knows files and
 * its own modules only. Where a script says so, k6 gets a view of the whole file tree: links to everything, and of the
 * files that say it copies with a file's name in its place. The script keeps its relative paths, and its folder nothing
 * of ours.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ownFolder } from '../own-modules.ts';

const ownModuleFile = path.join(ownFolder, 'scenarios/team/matrix.ts');
/** Beside the script; whoever tells a line of the script passes it over. */
export const ownModuleName = '.pgsurge-k6.ts';

const ownImport = /(\b(?:from|import)\s*)(['"])pgsurge\/k6\2/g;
const relativeImport = /\b(?:from|import)\s*['"](\.{1,2}\/[^'"]+)['"]/g;

/** The script and the modules that it reaches by relative paths, with their text. */
const modulesOf = (file: string, found = new Map<string, string>()): Map<string, string> => {
  if (found.has(file) || !existsSync(file)) return found;
  const text = readFileSync(file, 'utf8');
  found.set(file, text);
  for (const [, name] of text.matchAll(relativeImport)) modulesOf(path.resolve(path.dirname(file), name!), found);
  return found;
};

const rewritten = (file: string, text: string, home: string): string => {
  const place = path.relative(path.dirname(file), path.join(home, ownModuleName));
  const name = place.startsWith('.') && !place.startsWith(ownModuleName) ? place : `./${place}`;
  return text.replace(ownImport, (_, before: string, quote: string) => `${before}${quote}${name}${quote}`);
};

/** From the root down to the folder itself. */
const foldersTo = (folder: string): string[] =>
  folder === path.dirname(folder) ? [folder] : [...foldersTo(path.dirname(folder)), folder];

/** A folder that may be passed but not listed has no links to what else is in it. */
const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

/** What lies in `from` and is not made anew stands in the view by a link. */
const linkOthers = (from: string, view: string, isMade: (target: string) => boolean): void => {
  mkdirSync(path.join(view, from), { recursive: true });
  const targets = namesIn(from).map((name) => path.join(from, name));
  for (const target of targets) if (!isMade(target)) symlinkSync(target, path.join(view, target));
};

/** Made in `folder`, which must be empty or missing. Gives the script itself where it needs no view. */
export const viewOfScript = (file: string, folder: string): string => {
  const script = path.resolve(file);
  const home = path.dirname(script);
  const own = [...modulesOf(script)].filter(([, text]) => text.search(ownImport) !== -1);
  if (own.length === 0) return script;
  const copies = new Map([[script, readFileSync(script, 'utf8')], ...own]);
  const folders = new Set([...copies.keys()].flatMap((copy) => foldersTo(path.dirname(copy))));
  for (const one of folders) linkOthers(one, folder, (target) => folders.has(target) || copies.has(target));
  for (const [copy, text] of copies) writeFileSync(path.join(folder, copy), rewritten(copy, text, home));
  symlinkSync(ownModuleFile, path.join(folder, home, ownModuleName));
  return path.join(folder, script);
};
