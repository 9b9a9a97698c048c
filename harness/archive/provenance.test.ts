import { expect, test } from 'vitest';
import { commandWithoutSecrets, withoutSecrets } from './provenance.ts';

test.each([
  ['postgres://u:secret@127.0.0.1:5432/shop', 'postgres://u:***@127.0.0.1:5432/shop'],
  ['postgres://u:s@cret@127.0.0.1/shop', 'postgres://u:***@127.0.0.1/shop'],
  ['postgres://127.0.0.1/shop?user=u&password=secret&x=1', 'postgres://127.0.0.1/shop?user=u&password=***&x=1'],
  ['at http://127.0.0.1:8080/a and mail@b', 'at http://127.0.0.1:8080/a and mail@b'],
])('%s is saved as %s', (text, saved) => {
  expect(withoutSecrets(text)).toBe(saved);
});

test('a password with a space, as an argument', () => {
  expect(
    commandWithoutSecrets([
      'pgsurge',
      'run',
      '--database-url',
      'postgres://u:se cret@127.0.0.1/shop',
      '--pooler-admin-url=postgres://a:b@c d@127.0.0.1/x',
    ]),
  ).toBe('pgsurge run --database-url postgres://u:***@127.0.0.1/shop --pooler-admin-url=postgres://a:***@127.0.0.1/x');
});

test('the value of a variable whose name says that it is a secret', () => {
  const argv = ['-e', 'K6_API_KEY=abc', '-eDB_PASSWORD=x y', '--env=AUTH_TOKEN=z', '-e', 'SHOP_URL=http://127.0.0.1:1'];
  expect(commandWithoutSecrets(argv)).toBe(
    '-e K6_API_KEY=*** -eDB_PASSWORD=*** --env=AUTH_TOKEN=*** -e SHOP_URL=http://127.0.0.1:1',
  );
});
