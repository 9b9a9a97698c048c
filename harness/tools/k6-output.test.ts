import { expect, test } from 'vitest';
import { complaintOfK6 } from './k6-output.ts';

test('an extension that is not there is told as such, and not in the words by which k6 begins', () => {
  const said = `Automatic extension resolution is enabled. The current k6 binary doesn't satisfy all dependencies, it's
 required to provision a custom binary.
Failed to provision a k6 binary with required dependencies. Please, make sure to report this issue.
building binary: building binary: Post "https://ingest.k6.io/builder/api/v1/build": dial tcp: lookup: no such host`;
  expect(complaintOfK6(said)).toBe(
    'it needs an extension of k6, which could not be fetched (Post "https://ingest.k6.io/builder/api/v1/build": ' +
      'dial tcp: lookup: no such host): set K6_BIN to a k6 that has it',
  );
});

test('an exception is told with its innermost line', () => {
  const said =
    'Error: SHOP_URL is needed\n\tat need (file:///shop/lib/env.js:3:9(4))\n\tat file:///shop/main.js:1:1(2)';
  expect(complaintOfK6(said)).toBe('SHOP_URL is needed (env.js, line 3)');
});
