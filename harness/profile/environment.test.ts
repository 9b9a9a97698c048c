import { expect, test } from 'vitest';
import type { ScenarioDeclaration, VariantDeclaration } from '../../scenarios/lib/declaration.ts';
import { environmentOf, loadOf } from './environment.ts';

const declaration: Pick<ScenarioDeclaration, 'environment' | 'load'> = {
  environment: {
    route: 'direct',
    replicas: 1,
    stack: { maxConnections: 130, proxies: true },
    pooler: { poolSize: 20, mode: 'session' },
    roles: { app: { connectionLimit: 50 } },
    service: { appPoolMax: 30, jobWorkers: 4 },
  },
  load: {
    phases: [{ name: 'steady', kind: 'steady', fullSeconds: 60, floorSeconds: 5, activeJobs: 5 }],
    interactivePerSecond: 10,
  },
};
const variantOf = (changed: Partial<VariantDeclaration>): VariantDeclaration => ({
  name: 'x',
  title: 'x',
  expected: 'pass',
  ...changed,
});

test('a variant that sets nothing has the environment as it is', () => {
  const planned = { declaration, variant: variantOf({ pooler: null, roles: null, route: null }) };
  expect(environmentOf(planned)).toMatchObject(declaration.environment);
  expect(loadOf(planned)).toEqual(declaration.load);
});

test("a variant's own settings are laid over the environment, one by one", () => {
  const variant = variantOf({
    route: 'pooler',
    pooler: { mode: 'transaction', poolSize: null },
    roles: { app: { connectionLimit: 300 }, listen: { connectionLimit: 5 } },
    service: { appPoolMax: 9 },
  });
  expect(environmentOf({ declaration, variant })).toEqual({
    route: 'pooler',
    replicas: 1,
    stack: { maxConnections: 130, proxies: true },
    pooler: { poolSize: 20, mode: 'transaction' },
    roles: { app: { connectionLimit: 300 }, listen: { connectionLimit: 5 } },
    service: { appPoolMax: 9, jobWorkers: 4 },
  });
});

test('a reference changes conditions and load, and the own settings of the variant stand above it', () => {
  const variant = variantOf({
    service: { jobWorkers: 9 },
    reference: {
      replicas: 3,
      stack: { maxConnections: 200 },
      service: { jobWorkers: 6, appPoolMax: 6 },
      load: { interactivePerSecond: 99 },
    },
  });
  expect(environmentOf({ declaration, variant })).toMatchObject({
    route: 'direct',
    replicas: 3,
    stack: { maxConnections: 200, proxies: true },
    service: { jobWorkers: 9, appPoolMax: 6 },
  });
  expect(loadOf({ declaration, variant })).toEqual({ ...declaration.load, interactivePerSecond: 99 });
});
