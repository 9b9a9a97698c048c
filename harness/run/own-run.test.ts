import { expect, test } from 'vitest';
import type { ReadConfig } from '../config/read-config.ts';
import { withElsewhere } from './own-run.ts';
import { smokeRequest } from './smoke-request.ts';

const shop = { url: 'http://127.0.0.1:8090', databaseUrl: 'postgres://probe@127.0.0.1/shop' };
const read = (load: NonNullable<ReadConfig['config']['load']>): ReadConfig => ({
  file: '/shop/pgsurge.config.json',
  folder: '/shop',
  config: { service: shop, load },
});
const request = smokeRequest({ scenarios: [], reports: '/reports', argv: ['run'] });

test('script and options file lie beside the config; what was typed comes behind and so beats it', () => {
  const options = ['--config', 'load/options.json', '--vus', '3'];
  const load = { script: 'load/list.js', variables: { USERS: 5 }, options };
  const typed = { ...request, env: ['USERS=7'], k6Options: ['--vus', '4'] };
  expect(withElsewhere(typed, read(load))).toMatchObject({
    stack: 'external',
    targetUrl: shop.url,
    scenarios: ['/shop/load/list.js'],
    env: ['USERS=5', 'USERS=7'],
    k6Options: ['--config', '/shop/load/options.json', '--vus', '3', '--vus', '4'],
  });
});
