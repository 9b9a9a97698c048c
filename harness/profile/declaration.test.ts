import { describe, expect, test } from 'vitest';
import type { ScenarioDeclaration, SymptomDeclaration } from '../../scenarios/lib/declaration.ts';
import { parseDeclaration } from './declaration.ts';
import { poolerProducts } from '../servers/pooler-products.ts';

const symptom: SymptomDeclaration = {
  id: 'timeouts',
  title: 'Acquisitions time out',
  tag: 'exact',
  observe: { kind: 'log', component: 'service', contains: 'timeout exceeded' },
};

const sound: ScenarioDeclaration = {
  schema: 'pgsurge.scenario/1',
  id: 'example',
  group: 'incidents',
  title: 'Example',
  purpose: 'To be broken by tests.',
  seeds: ['004'],
  story: { happened: 'x', cause: 'x', symptom: 'x', remedy: 'x' },
  environment: { route: 'direct', replicas: 1, stack: { maxConnections: 100 } },
  load: {
    phases: [
      { name: 'warm-up', kind: 'warmup', fullSeconds: 60, floorSeconds: 2, activeJobs: 1 },
      { name: 'steady', kind: 'steady', fullSeconds: 600, floorSeconds: 8, activeJobs: [1, 5] },
    ],
    interactivePerSecond: 5,
  },
  steps: [{ phase: 'steady', atShare: 0.5, do: 'restart' }],
  variants: [
    {
      name: 'broken',
      title: 'Broken',
      service: { appPoolMax: 1 },
      expected: 'symptoms',
      diagnosis: { cause: 'app-pool' },
    },
    { name: 'fixed', title: 'Fixed', service: {}, expected: 'pass', diagnosis: { cause: 'none' } },
  ],
  criteria: [{ id: 'api-p95' }],
  keyCharts: ['app-pool'],
  symptoms: [
    symptom,
    {
      id: 'waiting',
      title: 'Many wait',
      tag: 'shape',
      observe: { kind: 'series', series: 'x', statistic: 'max', comparator: '>=', value: 1 },
    },
  ],
};

const findingsOf = (change: (scenario: Record<string, never> & ScenarioDeclaration) => void): string[] => {
  const scenario = structuredClone(sound);
  change(scenario as never);
  const parsed = parseDeclaration(scenario);
  return parsed.ok ? [] : parsed.findings;
};

test('a sound declaration is taken as it is', () => {
  expect(parseDeclaration(sound)).toEqual({ ok: true, declaration: sound });
});

test('null stands for absent, since k6 inspect prints undefined so', () => {
  expect(
    findingsOf((scenario) => {
      scenario.expectation = null;
      scenario.variants[0]!.symptoms = null;
    }),
  ).toEqual([]);
});

describe('nonsense is named with its place', () => {
  test.each<[string, (scenario: ScenarioDeclaration) => void, string]>([
    [
      'a phase named twice',
      ({ load }) => {
        load.phases[1]!.name = 'warm-up';
      },
      'load.phases[1].name "warm-up" is used twice',
    ],
    [
      'no phases',
      ({ load }) => {
        load.phases = [];
      },
      'load.phases: is empty: a scenario has at least one phase',
    ],
    [
      'a pooler that nobody knows',
      ({ environment }) => {
        environment.stack = { poolerProduct: 'swimming-pool' };
      },
      'environment.stack.poolerProduct "swimming-pool": is no pooler that pgsurge knows; choose ' +
        poolerProducts.join(', '),
    ],
    [
      'only warm-up',
      ({ load }) => {
        load.phases.pop();
      },
      'load.phases has only warm-up: nothing would be judged',
    ],
    [
      'a negative duration',
      ({ load }) => {
        load.phases[0]!.fullSeconds = -60;
      },
      'load.phases[0].fullSeconds -60: Too small: expected number to be >0',
    ],
    [
      'a floor above the full length',
      ({ load }) => {
        load.phases[0]!.floorSeconds = 90;
      },
      'load.phases[0].floorSeconds 90 is longer than fullSeconds 60',
    ],
    [
      'half a user',
      ({ load }) => {
        load.phases[0]!.activeJobs = 0.5;
      },
      'load.phases[0].activeJobs 0.5: Invalid input',
    ],
    [
      'a negative rate',
      ({ load }) => {
        load.interactivePerSecond = -1;
      },
      'load.interactivePerSecond -1: Too small: expected number to be >=0',
    ],
    [
      'no variants',
      (scenario) => {
        scenario.variants = [];
      },
      'variants: is empty: a scenario has at least one variant',
    ],
    [
      'a variant named twice',
      ({ variants }) => {
        variants[1]!.name = 'broken';
      },
      'variants[1].name "broken" is used twice',
    ],
    [
      'symptoms expected but none declared',
      (scenario) => {
        scenario.symptoms = [];
      },
      'variants[0].symptoms is missing: "broken" expects symptoms, and neither it nor the scenario declares any',
    ],
    [
      'an unknown step',
      ({ steps }) => {
        steps![0]!.do = 'explode' as never;
      },
      'steps[0].do "explode": is not a step that the harness knows: restart, roll, restart-pooler, sql, inject, heal',
    ],
    [
      'a step in an unknown phase',
      ({ steps }) => {
        steps![0]!.phase = 'later';
      },
      'steps[0].phase "later" is not a phase of this scenario: warm-up, steady',
    ],
    [
      'a fault without its name',
      ({ steps }) => {
        steps![0]!.do = 'inject';
      },
      'steps[0].fault is missing: "inject" needs it',
    ],
    [
      'a fault in an unknown phase',
      (scenario) => {
        scenario.steps = [{ phase: 'calm', atSeconds: 1, do: 'inject', fault: 'pooler-kill' }];
      },
      'steps[0].phase "calm" is not a phase of this scenario: warm-up, steady',
    ],
    [
      'sql without a statement',
      ({ steps }) => {
        steps![0]!.do = 'sql';
      },
      'steps[0].sql is missing: "sql" needs it',
    ],
    [
      'a step at no instant',
      ({ steps }) => {
        steps![0]!.atShare = null;
      },
      'steps[0] has neither atSeconds nor atShare: when does it happen?',
    ],
    [
      'a step at two instants',
      ({ steps }) => {
        steps![0]!.atSeconds = 3;
      },
      'steps[0] has both atSeconds and atShare: keep one',
    ],
    [
      'a step for an unknown variant',
      ({ steps }) => {
        steps![0]!.variants = ['healed'];
      },
      'steps[0].variants[0] "healed" is not a variant of this scenario: broken, fixed',
    ],
    [
      'a misspelt field',
      (scenario) => {
        (scenario as unknown as Record<string, unknown>)['enviroment'] = {};
      },
      'the declaration: Unrecognized key: "enviroment"',
    ],
    [
      'a criterion asked for twice',
      ({ criteria }) => {
        criteria.push({ id: 'api-p95' });
      },
      'criteria[1].id "api-p95" is used twice',
    ],
    [
      'an id that is no file name',
      (scenario) => {
        scenario.id = 'My Scenario';
      },
      'id "My Scenario": is not lower-case words joined by hyphens',
    ],
    [
      'a symptom in an unknown phase',
      (scenario) => {
        scenario.symptoms = [
          {
            ...symptom,
            observe: { kind: 'series', series: 'x', statistic: 'max', comparator: '>', value: 1, phase: 'night' },
          },
        ];
      },
      'symptoms[0].observe.phase "night" is not a phase of this scenario: warm-up, steady',
    ],
    [
      'a fault healed that was never there',
      ({ steps }) => {
        steps!.push(
          { phase: 'steady', atSeconds: 1, do: 'inject', fault: 'latency', variants: ['broken'] },
          { phase: 'steady', atSeconds: 2, do: 'heal', fault: 'latency' },
        );
      },
      'steps[2].fault "latency" is not injected in variant "fixed": there is nothing to heal',
    ],
    [
      'a fault without an end',
      ({ steps }) => {
        steps!.push({ phase: 'steady', atSeconds: 1, do: 'inject', fault: 'latency' });
      },
      'steps[1].holdSeconds is missing, and no step heals "latency": how long does it hold?',
    ],
    [
      'options of a fault for a step that has none',
      ({ steps }) => {
        steps![0]!.with = { latencyMs: 9 };
      },
      'steps[0].with is for inject only',
    ],
    [
      'a canary watched where nothing is replaced',
      ({ steps }) => {
        steps![0] = {
          phase: 'steady',
          atSeconds: 1,
          do: 'sql',
          sql: 'SELECT 1',
          watch: { fullSeconds: 9, floorSeconds: 1 },
        };
      },
      'steps[0].watch is for restart and roll only',
    ],
    [
      'a rollout with nothing to roll',
      (scenario) => {
        scenario.steps = [];
        scenario.variants[1]!.rollout = 'canary';
      },
      'variants[1].rollout is set, but no step restarts or rolls the service in "fixed"',
    ],
    [
      'a pooler that nobody goes through',
      ({ variants }) => {
        variants[1]!.pooler = { poolSize: 9 };
      },
      'variants[1].pooler is set, but the route of "fixed" is direct: nothing goes through the pooler',
    ],
    [
      'a setting of the pooler that there is not',
      ({ variants }) => {
        variants[1]!.pooler = { mode: 'transactional' as never };
      },
      'variants[1].pooler.mode "transactional": Invalid option: expected one of "session"|"transaction"|"statement"',
    ],
    [
      'a reference load with other phases',
      ({ variants, load }) => {
        variants[1]!.reference = { load: { phases: [load.phases[1]!] } };
      },
      'variants[1].reference.load.phases are steady, and must be those of the scenario: warm-up, steady',
    ],
    [
      'a claim of an unknown variant',
      (scenario) => {
        scenario.claims = [{ text: 'half as slow', seed: '004', variant: 'other' }];
      },
      'claims[0].variant "other" is not a variant of this scenario: broken, fixed',
    ],
  ])('%s', (_, change, finding) => {
    expect(findingsOf(change)).toContain(finding);
  });
});

test('what is no declaration at all is one clear line', () => {
  expect(parseDeclaration('hello')).toEqual({
    ok: false,
    findings: ['the declaration "hello": Invalid input: expected object, received string'],
  });
});
