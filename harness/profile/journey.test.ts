import { expect, test } from 'vitest';
import type { ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';
import type { JourneyDeclaration } from '../../scenarios/lib/journey.ts';
import { atRow, journeyIn, rowVariables, selectRows } from './journey.ts';
import { profiles, scalePhases } from './profiles.ts';

const said: JourneyDeclaration = {
  schema: 'pgsurge.journey/1',
  row: 'burst',
  rows: ['baseline', 'burst'],
  title: 'Burst and recovery',
  by: 'users',
  phases: [
    { name: 'before', kind: 'steady', fullSeconds: 600, floorSeconds: 4, amount: 10 },
    { name: 'burst', kind: 'burst', fullSeconds: 300, floorSeconds: 8, amount: [10, 100] },
  ],
};
const script = { seconds: 12, users: 100, perSecond: null, closed: true, aborting: [], systemTags: [], trendStats: [] };
const declaration: ScenarioDeclaration = {
  schema: 'pgsurge.scenario/1',
  id: 'journey',
  group: 'external',
  title: 'journey',
  purpose: '',
  seeds: [],
  environment: {},
  load: { phases: [], interactivePerSecond: 0 },
  script,
  variants: [],
  criteria: [],
};

test('what a script says is a journey by its schema', () => {
  expect(journeyIn(JSON.parse(JSON.stringify(said)))).toEqual(said);
  expect(journeyIn({ title: 'mine', criteria: [] })).toBeNull();
  expect(journeyIn(undefined)).toBeNull();
});

test('rows by name, in their order; one that is none is told with those there are', () => {
  expect(selectRows(['a', 'b', 'c'], [], 'x.ts')).toEqual(['a', 'b', 'c']);
  expect(selectRows(['a', 'b', 'c'], ['matrix'], 'x.ts')).toEqual(['a', 'b', 'c']);
  expect(selectRows(['a', 'b', 'c'], ['c', 'a'], 'x.ts')).toEqual(['a', 'c']);
  expect(() => selectRows(['a', 'b'], ['d'], 'x.ts')).toThrow('there is no row "d" in x.ts; there are a, b');
});

test('a row lasts as long as the profile says, and k6 is told the same phases', () => {
  const row = atRow(declaration, said, profiles.nightly);
  expect(row).toMatchObject({ id: 'burst', title: 'Burst and recovery', script: { row: 'burst', seconds: 45 } });
  const phases = scalePhases(row.load.phases, profiles.nightly);
  const [named, given] = rowVariables('burst', phases);
  expect(named).toEqual({ name: 'PGSURGE_ROW', value: 'burst' });
  expect(JSON.parse(given!.value)).toEqual([
    { name: 'before', kind: 'steady', startMs: 0, endMs: 30_000 },
    { name: 'burst', kind: 'burst', startMs: 30_000, endMs: 45_000 },
  ]);
});
