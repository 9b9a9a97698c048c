import { existsSync, readFileSync } from 'node:fs';

/** Whole lines of an NDJSON file; a torn last one, and a missing file, are no lines. */
export const readLines = <Line>(file: string): Line[] => {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((text) => {
      try {
        return text === '' ? [] : [JSON.parse(text) as Line];
      } catch {
        return [];
      }
    });
};
