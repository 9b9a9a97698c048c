import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { script, style } from './page-assets.ts';

const filesOf = (folder: string, ending: string): string[] =>
  readdirSync(new URL(`${folder}/`, import.meta.url)).filter((file) => file.endsWith(ending));

test('every sheet of the folder is in the page', () => {
  const missing = filesOf('style', '.css').filter((file) => {
    const [first] = readFileSync(new URL(`style/${file}`, import.meta.url), 'utf8').split('\n');
    return !style.includes(first!);
  });
  expect(missing).toEqual([]);
});

test('every module of the browser is in the script, once, and nothing of modules is left', () => {
  // The compiler refuses a name that two modules declare, and a word that only modules know.
  expect(() => new Function(script)).not.toThrow();
  const exported = filesOf('browser', '.js').flatMap((file) => {
    const text = readFileSync(new URL(`browser/${file}`, import.meta.url), 'utf8');
    return [...text.matchAll(/^export (const \w+)/gm)].map(([, name]) => name!);
  });
  expect(exported.length).toBeGreaterThan(15);
  expect(exported.filter((name) => script.split(`\n${name} =`).length !== 2)).toEqual([]);
});
