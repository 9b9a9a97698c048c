import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadFolder } from './own-modules.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-own-modules-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const load = (files: Record<string, string>): Promise<{ id: string }[]> => {
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return loadFolder(pathToFileURL(`${folder}/`), 'thing');
};

test('a folder holds one thing a file, by the order of their names; tests are none', async () => {
  const found = await load({
    'second.ts': "export const thing = { id: 'second' };",
    'first.ts': "export const thing = { id: 'first' };",
    'first.test.ts': 'throw new Error("this is a test");',
  });
  expect(found.map(({ id }) => id)).toEqual(['first', 'second']);
});

test.each(["export const thing = { id: 'there' };", "export const other = { id: 'here' };"])(
  'a file whose thing has another id, or none, is named: %s',
  async (text) => {
    await expect(load({ 'here.ts': text })).rejects.toThrow(/here\.ts must export a thing with the id "here"/);
  },
);
