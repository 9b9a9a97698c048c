import { describe, expect, test } from 'vitest';
import type { ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';
import { partFrom, scenariosOfPart } from './parts.ts';
import type { PlannedScenario, ScenarioFile } from './plan.ts';
import { profiles } from './profiles.ts';

const scenario = (id: string, floorSeconds: number, group: ScenarioFile['group'] = 'incidents'): PlannedScenario => ({
  file: { id, group, file: `${id}.ts` },
  scenarioHash: id,
  declaration: {
    id,
    group,
    environment: {},
    load: {
      phases: [{ name: 'load', kind: 'steady', fullSeconds: floorSeconds, floorSeconds, activeJobs: 0 }],
      interactivePerSecond: 1,
    },
    variants: [
      { name: 'broken', title: 'x', expected: 'symptoms' },
      { name: 'fixed', title: 'x', expected: 'pass' },
    ],
  } as unknown as ScenarioDeclaration,
});

const nine = [30, 7, 12, 8, 56, 9, 15, 10, 11].map((seconds, index) => scenario(`incident-${index}`, seconds));
const idsOf = (number: number, of: number, from = nine): string[] =>
  scenariosOfPart(from, { number, of }, profiles.smoke).map(({ declaration }) => declaration.id);

describe('a run in parts', () => {
  test('every scenario is in exactly one part', () => {
    const all = [1, 2, 3].flatMap((number) => idsOf(number, 3));
    expect(all.toSorted()).toEqual(nine.map(({ declaration }) => declaration.id));
    expect(idsOf(1, 1)).toHaveLength(nine.length);
  });

  test('the parts are about as long as each other', () => {
    expect(idsOf(1, 3)).toEqual(['incident-1', 'incident-4']);
    expect([idsOf(2, 3).length, idsOf(3, 3).length].toSorted()).toEqual([3, 4]);
  });

  test('the order of the files changes nothing', () => {
    expect(idsOf(2, 3, nine.toReversed()).toSorted()).toEqual(idsOf(2, 3).toSorted());
  });

  test('more parts than incidents are refused, since one of them would be green with nothing run', () => {
    expect(() => idsOf(3, 10)).toThrow('9 incidents are asked for and each stays whole');
  });

  test('only incidents can be shared out', () => {
    const mixed = [...nine, scenario('burst', 5, 'matrix')];
    expect(() => idsOf(1, 2, mixed)).toThrow('--part shares out incidents, and burst is none');
  });
});

test.each([
  ['2/3', { number: 2, of: 3 }],
  ['1/1', { number: 1, of: 1 }],
  ['0/3', null],
  ['4/3', null],
  ['2', null],
  ['2/0', null],
  ['1/999', null],
  ['1/2/3', null],
])('"%s"', (text, part) => expect(partFrom(text)).toEqual(part));
