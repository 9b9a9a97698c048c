/** `load/journey.ts` as it is written: one user's journey over the routes that were found. */
import type { Found } from './found.ts';

const step = ({ value, from }: Found): string[] => [
  `  // ${from}`,
  `  check(http.get(service + '${value}'), { 'GET ${value} answers': ({ status }) => status === 200 });`,
];

export const journeyText = (routes: readonly Found[]): string =>
  [
    "import { check, sleep } from 'k6';",
    "import http from 'k6/http';",
    "import { matrix } from 'pgsurge/k6';",
    '',
    '// Four loads out of the one journey: 10 users on an ordinary day, twice and five times as many, and a burst.',
    "export const options = matrix({ journey: 'default', baseline: 10 });",
    '',
    "const service = __ENV.TARGET_URL ?? 'http://127.0.0.1:8080';",
    '',
    '// Guessed by `pgsurge init`: make it what one of your users does, writes included.',
    'export default function () {',
    '  // Users do not walk in step.',
    '  sleep(0.5 + Math.random());',
    ...routes.flatMap(step),
    '}',
    '',
  ].join('\n');
