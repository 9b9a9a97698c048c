import { expect, test } from 'vitest';
import { k6OptionsOf, typedOf, variablesOf } from './k6-arguments.ts';
import { isK6Option, namesTarget, withTarget } from './k6-variables.ts';

test('options of k6 behind --, one by one, as they were typed', () => {
  const words = ['--vus', '20', '-d', '20s', '--tag=a=b', '-s5s:10', '--no-setup', '-e', 'A=b=c', '-w'];
  const options = k6OptionsOf(words);
  expect(options.map(({ name, value }) => [name, value])).toEqual([
    ['vus', '20'],
    ['duration', '20s'],
    ['tag', 'a=b'],
    ['stage', '5s:10'],
    ['no-setup', null],
    ['env', 'A=b=c'],
    ['throw', null],
  ]);
  expect(typedOf(options)).toEqual(words);
});

test.each([
  [['other.js'], /"other\.js" is none/],
  [['--vus', '3', 'other.js'], /"other\.js" is none/],
  [['--summary-export', 'x.json'], /--summary-export cannot be given behind --/],
  [['--linger'], /the run would not end/],
  [['-l'], /the run would not end/],
  [['--vus'], /--vus behind -- lacks its value/],
])('%j is refused in one line', (words, message) => {
  expect(() => k6OptionsOf(words)).toThrow(message);
});

test('-e NAME=VALUE, where the value may hold anything', () => {
  expect(variablesOf(['A=', 'B_2=x=y z'])).toEqual([
    { name: 'A', value: '' },
    { name: 'B_2', value: 'x=y z' },
  ]);
});

test.each(['A', '=x', '2A=x', 'A-B=x', 'PGSURGE_SEED=3'])('-e %s is refused in one line', (word) => {
  expect(() => variablesOf([word])).toThrow(/^-e /);
});

test('a variable of a name of its own says where the service is; other braces stay as they are', () => {
  const variables = variablesOf(['BASE={targetUrl}/v1', 'HOST={targetHost}:{targetPort}', 'BODY={"id":{n}}']);
  expect(namesTarget(variables)).toBe(true);
  expect(namesTarget(variables.slice(2))).toBe(false);
  expect(withTarget(variables, 'http://127.0.0.1:8123').map(({ value }) => value)).toEqual([
    'http://127.0.0.1:8123/v1',
    '127.0.0.1:8123',
    '{"id":{n}}',
  ]);
  expect(withTarget(variables, 'https://shop.test').map(({ value }) => value)[1]).toBe('shop.test:443');
  expect(withTarget(variables, null)).toEqual(variables);
});

test.each(['K6_VUS', 'K6_DURATION', 'K6_OUT', 'K6_OTEL_HEADERS', 'K6_CLOUD_TOKEN', 'K6_PROMETHEUS_RW_SERVER_URL'])(
  '%s is an option of k6',
  (name) => expect(isK6Option(name)).toBe(true),
);

test.each([
  'K6_API_USER',
  'K6_BASE_URL',
  'K6_API_KEY',
  'K6_VUS_MAX_OF_OURS',
  'VUS',
  'MY_K6_VUS',
  'K6_BROWSER_HEADLESS',
])("%s is a name of the script's own", (name) => expect(isK6Option(name)).toBe(false));
