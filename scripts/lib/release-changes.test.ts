import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as changes from './release-changes.ts';

/** The nightly's canary changed a file that no longer held the setting, and nothing told it before that night. */
test.each(Object.entries(changes))('%s finds what it changes', (_, { file, from }) => {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  expect(text.split(from)).toHaveLength(2);
});
