import { expect, test } from 'vitest';
import type { DiagnosisDeclaration } from '../../scenarios/lib/causes.ts';
import type {
  ScenarioDeclaration,
  StepDeclaration,
  SymptomDeclaration,
  VariantDeclaration,
} from '../../scenarios/lib/declaration.ts';
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

const full: DiagnosisDeclaration = { cause: 'app-pool', notCauses: ['pool-over-slots'] };

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
    { name: 'broken', title: 'x', service: { appPoolMax: 1 }, expected: 'symptoms', diagnosis: full },
    { name: 'fixed', title: 'x', service: { appPoolMax: 9 }, expected: 'pass', diagnosis: { cause: 'none' } },
    {
      name: 'grown',
      title: 'x',
      service: { appPoolMax: 9 },
      expected: 'symptoms',
      reference: { replicas: 3 },
      diagnosis: full,
    },
  ],
  symptoms: [said, measured],
  criteria: [{ id: 'goodput' }],
  keyCharts: ['app-pool'],
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
      Object.assign(variants[1]!, { expected: 'symptoms', diagnosis: full });
    },
    'variants: "fixed" must expect pass',
  ],
  [
    'a fix that changes nothing',
    ({ variants }) => {
      variants[1]!.service = { appPoolMax: 1 };
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
    'a fault in the broken variant alone',
    ({ steps }) => {
      steps![0] = { phase: 'steady', atSeconds: 1, do: 'inject', fault: 'latency', variants: ['broken'] };
    },
    'steps[0].variants names only one of broken and fixed: a fault must hit both',
  ],
  [
    'no story',
    (scenario) => {
      scenario.story = null;
    },
    'story is missing: an incident tells what happened, its cause, its symptom and the remedy',
  ],
  [
    'symptoms that are only claimed',
    (scenario) => {
      scenario.symptoms = [
        { ...said, tag: 'claim' },
        { ...measured, tag: 'claim' },
      ];
    },
    'symptoms: all are claims, so nothing would prove that it is broken',
  ],
  [
    'no picture',
    (scenario) => {
      scenario.keyCharts = null;
    },
    'keyCharts is missing: an incident names the chart that explains it',
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
    'a variant without a diagnosis',
    ({ variants }) => {
      variants[2]!.diagnosis = null;
    },
    'variants: "grown" has no diagnosis: which cause must be named for it?',
  ],
  [
    'symptoms without a cause',
    ({ variants }) => {
      variants[0]!.diagnosis = { cause: 'none' };
    },
    'variants: "broken" expects symptoms, so its diagnosis is a cause and not "none"',
  ],
  [
    'a cause that must not be named',
    ({ variants }) => {
      variants[0]!.diagnosis = { cause: 'app-pool', notCauses: ['role-limit', 'app-pool'] };
    },
    'variants: "broken" names app-pool both as its cause and as what must not be named',
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

const counted: SymptomDeclaration = {
  id: 'counted',
  title: 'The database has it',
  tag: 'exact',
  observe: { kind: 'sql', query: 'SELECT count(*) FROM jobs', comparator: '=', value: 1 },
};

test.each([said, measured, counted])('one symptom of any kind is enough: $observe.kind', (symptom) => {
  expect(incidentFindings({ ...sound, symptoms: [symptom] })).toEqual([]);
});

test.each<[string, Partial<VariantDeclaration>]>([
  ['service', { service: { appPoolMax: 9 } }],
  ['pooler', { pooler: { poolSize: 9 } }],
  ['roles', { roles: { app: { connectionLimit: 9 } } }],
  ['route', { route: 'direct' }],
  ['rollout', { rollout: 'canary' }],
])('a fix may be a setting of %s', (_, fix) => {
  const [broken, fixed, grown] = sound.variants as [VariantDeclaration, VariantDeclaration, VariantDeclaration];
  const own = { ...fixed, service: broken.service ?? null };
  expect(incidentFindings({ ...sound, variants: [broken, own, grown] })).toHaveLength(1);
  expect(incidentFindings({ ...sound, variants: [broken, { ...own, ...fix }, grown] })).toEqual([]);
});

test('a fix may be a step of its own', () => {
  const variants = sound.variants.map((variant) => ({ ...variant, service: null }));
  const raised: StepDeclaration = {
    phase: 'steady',
    atSeconds: 1,
    do: 'sql',
    sql: 'ALTER ROLE app CONNECTION LIMIT 9',
  };
  expect(incidentFindings({ ...sound, variants, steps: [{ ...raised, variants: ['fixed'] }] })).toEqual([]);
});
