import { expect, test } from 'vitest';
import { poolShape } from './pool-size.ts';
import { resolveSettings } from './settings.ts';

const shape = (poolSizeFrom: string, variables: Record<string, string> = {}, cores = 2) =>
  poolShape(resolveSettings({ appPoolMax: 10, warmConnections: 12, poolSizeFrom }), variables, cores);

test('by the settings, and never more warm than there may be', () => {
  expect(shape('settings')).toMatchObject({ max: 10, warm: 10, connectionTimeoutMillis: 5000 });
});

test('by the five variables of the seed, and by its defaults where they are not set', () => {
  const defaults = {
    max: 50,
    warm: 10,
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 600000,
    maxLifetimeSeconds: 1800,
  };
  expect(shape('environment')).toEqual(defaults);
  expect(shape('environment', { DATABASE_MAX_CONNECTIONS: 'many' })).toEqual(defaults);
  expect(shape('environment', { DATABASE_MAX_CONNECTIONS: '40', DATABASE_ACQUIRE_TIMEOUT_SECS: '2' })).toEqual({
    ...defaults,
    max: 40,
    warm: 8,
    connectionTimeoutMillis: 2000,
  });
});

test('four connections a core, from 20 to 100', () => {
  expect([1, 2, 5, 8, 64].map((cores) => shape('cores', {}, cores).max)).toEqual([20, 20, 20, 32, 100]);
});
