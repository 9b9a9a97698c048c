/** What lies in a team's folder, as far as it tells how their service is started. Reads, and writes nothing. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

export interface Folder {
  /** The text of a file, or null. */
  text(name: string): string | null;
  has(name: string): boolean;
  /** Source files with their text, nearest to the top first. */
  sources: { name: string; text: string }[];
  manifest: Manifest | null;
}

/** What package.json says of it. */
export interface Manifest {
  main?: string;
  scripts: Record<string, string>;
  packages: string[];
}

const sourceEnding = /\.(?:[mc]?[jt]s|py|java|kt|go|rb|php|cs|ex)$/;
const passedOver = /^(?:node_modules|dist|build|target|vendor|venv|__pycache__|coverage|reports|load|tests?)$|^\./;
const isTest = /(?:\.|_)(?:test|spec)\.|^test_/;
const mostFiles = 300;
const mostBytes = 200_000;
const deepest = 4;

/** Folder by folder, so that of a large tree the files near its top are seen. */
const sourceNames = (root: string): string[] => {
  const found: string[] = [];
  let level = [''];
  for (let depth = 0; depth <= deepest && found.length < mostFiles; depth += 1) {
    const next: string[] = [];
    for (const folder of level)
      for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
        const name = path.join(folder, entry.name);
        if (entry.isDirectory() && !passedOver.test(entry.name)) next.push(name);
        if (entry.isFile() && sourceEnding.test(entry.name) && !isTest.test(entry.name)) found.push(name);
      }
    level = next;
  }
  return found.slice(0, mostFiles);
};

const asTable = (value: unknown): Record<string, string> =>
  typeof value === 'object' && value !== null ? (value as Record<string, string>) : {};

/** A manifest that cannot be read says nothing; npm will tell. */
const manifestOf = (text: string | null): Manifest | null => {
  try {
    const manifest = JSON.parse(text ?? '') as Record<string, unknown>;
    const packages = [manifest['dependencies'], manifest['devDependencies']].flatMap((one) =>
      Object.keys(asTable(one)),
    );
    const main = manifest['main'];
    return { scripts: asTable(manifest['scripts']), packages, ...(typeof main === 'string' ? { main } : {}) };
  } catch {
    return null;
  }
};

export const openFolder = (root: string): Folder => {
  const has = (name: string): boolean => existsSync(path.join(root, name));
  const text = (name: string): string | null => {
    const file = path.join(root, name);
    return has(name) && statSync(file).isFile() && statSync(file).size <= mostBytes ? readFileSync(file, 'utf8') : null;
  };
  const sources = sourceNames(root).flatMap((name) => {
    const content = name.startsWith('pgsurge.config.') ? null : text(name);
    return content === null ? [] : [{ name, text: content }];
  });
  return { text, has, sources, manifest: manifestOf(text('package.json')) };
};
