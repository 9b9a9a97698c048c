import { describe, expect, test } from 'vitest';
import { externalOptions, loadedHost, type ExternalFlags } from './options.ts';

const options = (flags: Partial<ExternalFlags>): ReturnType<typeof externalOptions> =>
  externalOptions({ databaseUrl: 'postgres://u@127.0.0.1/shop', allowHost: [], ...flags });

describe('only this machine, unless a host is allowed by name', () => {
  test.each([
    { databaseUrl: 'postgres://u@db.prod/shop' },
    { databaseUrl: 'postgres://u:p@127.0.0.1/shop?host=db.prod' },
    { databaseUrl: 'postgres://u:p@127.0.0.1/shop?host=127.0.0.1&host=db.prod' },
    { poolerAdminUrl: 'postgres://u:p@127.0.0.1/pgbouncer?host=db.prod' },
    { targetUrl: 'http://db.prod/' },
  ])('%o is refused', (flags) => {
    expect(() => options(flags)).toThrow(/db\.prod, which is not this machine: add --allow-host db\.prod/);
    expect(() => options({ ...flags, allowHost: ['db.prod'] })).not.toThrow();
  });

  test('a socket is of this machine', () => {
    expect(() => options({ databaseUrl: 'postgres://u@localhost/shop?host=/var/run/postgresql' })).not.toThrow();
  });
});

test('the script may load the host of its service, whichever was allowed first', () => {
  expect(loadedHost(options({ targetUrl: 'http://app.example:80/', allowHost: ['db.example', 'app.example'] }))).toBe(
    'app.example',
  );
  expect(loadedHost(options({ allowHost: ['db.example'] }))).toBe('db.example');
});
