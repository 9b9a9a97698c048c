import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { resolveK6 } from '../tools/k6.ts';
import { incidentsDocument } from './incidents-document.ts';
import { inspectScenario } from './inspect.ts';
import { listScenarioFiles } from './plan.ts';

test('docs/incidents.md is what the incidents declare', { timeout: 60_000 }, async () => {
  const k6 = await resolveK6(() => undefined);
  const files = listScenarioFiles().filter(({ group }) => group === 'incidents');
  const inspected = await Promise.all(files.map(({ file }) => inspectScenario(file, k6)));
  expect(
    readFileSync(new URL('../../docs/incidents.md', import.meta.url), 'utf8'),
    'run node harness/profile/write-incidents-document.ts',
  ).toBe(incidentsDocument(inspected.map(({ declaration }) => declaration)));
});
