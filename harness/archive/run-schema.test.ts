import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runSchema } from './run-schema.ts';

test('docs/run.schema.json is what the code says', () => {
  expect(
    readFileSync(new URL('../../docs/run.schema.json', import.meta.url), 'utf8'),
    'run npx node harness/archive/run-schema.ts',
  ).toBe(runSchema());
});
