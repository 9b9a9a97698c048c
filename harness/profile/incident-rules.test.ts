import { expect, test } from 'vitest';
import type { ScenarioDeclaration, SymptomDeclaration } from '../../scenarios/lib/declaration.ts';
import { incidentFindings } from './incident-rules.ts';

const said: SymptomDeclaration = {
  id: 'said',
  title: 'The log says so',
  tag: 'exact',
  observe: { kind: 'log', component: 'service', contains: 'timeout exceeded' },
};
const measured: SymptomDeclaration = {
  id: 'measured',
  title: 'A series shows it',
  tag: 'shape',
  observe: { kind: 'series', series: 'x', statistic: 'max', comparator: '>=', value: 1 },
};

const sound: ScenarioDeclaration = {
  schema: 'pgsurge.scenario/1',
  id: 'example',
  group: 'incidents',
  title: 'Example',
  purpose: 'x',
  seeds: ['004'],
  story: { happened: 'x', cause: 'x', symptom: 'x', remedy: 'x' },
  environment: {},
  load: {
    phases: [{ name: 'steady', kind: 'steady', fullSeconds: 5, floorSeconds: 5, activeJobs: 0 }],
    interactivePerSecond: 1,
  },
  steps: [
    { phase: 'steady', atSeconds: 1, do: 'restart' },
    { phase: 'steady', atSeconds: 1, do: 'restart', variants: ['grown'] },
  ],
  variants: [
    { name: 'broken', title: 'x', settings: { appPoolMax: 1 }, expected: 'symptoms' },
    { name: 'fixed', title: 'x', settings: { appPoolMax: 9 }, expected: 'pass' },
    { name: 'grown', title: 'x', settings: { appPoolMax: 9 }, expected: 'symptoms', reference: { replicas: 3 } },
  ],
  symptoms: [said, measured],
  criteria: [{ id: 'goodput' }],
};

test('a sound incident, and any scenario that is none', () => {
  expect(incidentFindings(sound)).toEqual([]);
  expect(incidentFindings({ ...sound, group: 'chaos', variants: [], criteria: [] })).toEqual([]);
});

test.each<[string, (scenario: ScenarioDeclaration) => void, string]>([
  [
    'no fix',
    (scenario) => {
      scenario.variants.splice(1, 1);
    },
    'variants: an incident has at least "broken" and "fixed"',
  ],
  [
    'a broken variant that is to pass',
    ({ variants }) => {
      variants[0]!.expected = 'pass';
    },
    'variants: "broken" must expect symptoms',
  ],
  [
    'a fix that is to fail',
    ({ variants }) => {
      variants[1]!.expected = 'symptoms';
    },
    'variants: "fixed" must expect pass',
  ],
  [
    'a fix that changes nothing',
    ({ variants }) => {
      variants[1]!.settings = { appPoolMax: 1 };
    },
    'variants: "broken" and "fixed" have the same settings: what was fixed?',
  ],
  [
    'a fix under other conditions',
    ({ variants }) => {
      variants[1]!.reference = { replicas: 1 };
    },
    'variants: "fixed" changes the environment: only further variants may, since they prove no fix',
  ],
  [
    'steps of the broken variant alone',
    ({ steps }) => {
      steps![0]!.variants = ['broken'];
    },
    'steps[0].variants names only one of broken and fixed: they must go through the same',
  ],
  [
    'no story',
    (scenario) => {
      scenario.story = null;
    },
    'story is missing: an incident tells what happened, its cause, its symptom and the remedy',
  ],
  [
    'no text',
    (scenario) => {
      scenario.symptoms = [measured];
    },
    'symptoms: none is an exact text in a log',
  ],
  [
    'a text that is only claimed',
    (scenario) => {
      scenario.symptoms = [{ ...said, tag: 'claim' }, measured];
    },
    'symptoms: none is an exact text in a log',
  ],
  [
    'no metric',
    (scenario) => {
      scenario.symptoms = [said];
    },
    'symptoms: none is a metric, as a series or counted in the database',
  ],
  [
    'a lowest value without an end',
    (scenario) => {
      scenario.claims = [
        {
          text: 'they stay',
          seed: '004',
          measure: { kind: 'series', series: 'x', statistic: 'min', fromSeconds: 6, comparator: '>=', value: 28 },
        },
      ];
    },
    'claims[0]: a min needs an end, phase or withinSeconds, else the end of the entry decides it',
  ],
  [
    'nothing that judges',
    (scenario) => {
      scenario.criteria = [{ id: 'goodput', notApplicable: 'x' }];
    },
    'criteria: none is applicable, so nothing would judge the fix',
  ],
])('%s is named', (_, change, finding) => {
  const scenario = structuredClone(sound);
  change(scenario);
  expect(incidentFindings(scenario)).toEqual([finding]);
});
