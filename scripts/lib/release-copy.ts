/** Copies of this checkout as releases of their own, to be changed and run without touching this one. */
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ReleaseChange } from './release-changes.ts';

const checkout = path.resolve(import.meta.dirname, '../..');
/** What a run needs. Saved reports are left out. */
const parts = [
  'bin',
  'harness',
  'scenarios',
  'service',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'docker-compose.yml',
];

/** A copy that shares this checkout's installed packages. */
export const copyRelease = (folder: string): string => {
  mkdirSync(folder, { recursive: true });
  for (const part of parts)
    if (existsSync(path.join(checkout, part)))
      cpSync(path.join(checkout, part), path.join(folder, part), { recursive: true });
  symlinkSync(path.join(checkout, 'node_modules'), path.join(folder, 'node_modules'));
  return folder;
};

/** Makes a change in a copy, or throws: an experiment whose change is not there would show nothing and look fine. */
export const change = (release: string, { file, from, to }: ReleaseChange): void => {
  const place = path.join(release, file);
  const before = readFileSync(place, 'utf8');
  const after = before.replace(from, to);
  if (after === before) throw new Error(`${place} no longer holds what is to be changed: ${from}`);
  writeFileSync(place, after);
};
