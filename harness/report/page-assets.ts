/**
 * What every page carries beside its content: one style sheet and one script, each put together from the files of a
 * folder. With charts/load-charts.ts it is all of report/ that reads a disk, and it reads report's own files only.
 */
import { readFileSync } from 'node:fs';

const textOf = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');

/** In the order of the cascade: what narrows or prints the page overrules the sheets before it. */
const sheets = [
  'colours',
  'frame',
  'verdicts',
  'banner',
  'tables',
  'criteria',
  'charts',
  'chart-reading',
  'variants',
  'index',
  'small-screen',
  'print',
];

/** The sheets without their indents and blank lines. */
const styleSheet = (): string =>
  sheets
    .map((name) => textOf(`style/${name}.css`))
    .join('')
    .replace(/\n\s*/g, '\n');

/** The files that `file` imports, in the order of its imports. */
const importsOf = (text: string): string[] =>
  [...text.matchAll(/^import .* from '\.\/(.*)';$/gm)].map(([, name]) => name!);

/** Modules of one folder as one script: each after those that it imports, without the words `import` and `export`. */
const bundled = (file: string, taken: Set<string>): string => {
  if (taken.has(file)) return '';
  taken.add(file);
  const text = textOf(`browser/${file}`);
  const before = importsOf(text).map((name) => bundled(name, taken));
  const own = text.replace(/^import .*\n/gm, '').replace(/^export /gm, '');
  return [...before, own].join('');
};

/** The page's policy names both by their hash: nothing else may style the page or run in it. */
export const style = styleSheet();
export const script = `(() => {\n'use strict';\n${bundled('main.js', new Set())}})();`;
