import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ScriptWords } from '../result.ts';
import { readK6Words } from './k6-log.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-k6-log-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const wordsOf = (...lines: (Record<string, string> | string)[]): Promise<ScriptWords> => {
  const file = path.join(folder, 'k6.log');
  writeFileSync(file, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
  return readK6Words(file);
};

const thrown = (msg: string, scenario?: string): Record<string, string> => ({
  level: 'error',
  source: 'stacktrace',
  msg,
  ...(scenario === undefined ? {} : { scenario }),
});

test('exceptions are counted by text and place, the first stays first', async () => {
  const find = thrown("TypeError: no 'find'\n\tat default (file:///shop/list.js:4:199(18))\n", 'list');
  const boom = thrown(
    'Error: boom\nsecond line\n\tat pay (file:///shop/lib/pay.js:1:2(3))\n\tat default (…)\n',
    'list',
  );
  const { exceptions } = await wordsOf(find, boom, boom, find, find);
  expect(exceptions).toEqual([
    { place: 'iteration', count: 3, text: "TypeError: no 'find'", line: 'list.js:4:199' },
    { place: 'iteration', count: 2, text: 'Error: boom\nsecond line', line: 'pay.js:1:2' },
  ]);
});

test('of many different texts the rest is counted, not lost', async () => {
  const all = Array.from({ length: 500 }, (_, index) =>
    thrown(`Error: order ${index}\n\tat default (file:///a.js:1:1)`, 's'),
  );
  const { exceptions } = await wordsOf(...all);
  expect(exceptions.length).toBeLessThan(30);
  expect(exceptions.reduce((total, { count }) => total + count, 0)).toBe(500);
});

test('setup, teardown and summary are told apart from iterations', async () => {
  const { exceptions, summaryProblem } = await wordsOf(
    thrown('Error: a\n\tat setup (file:///a.js:3:32(3))\n'),
    thrown('Error: b\n\tat teardown (file:///a.js:4:32(3))\n'),
    thrown('Error: c\n\tat handleSummary (file:///a.js:5:40(3))\n'),
  );
  expect(exceptions.map(({ place }) => place)).toEqual(['setup', 'teardown', 'handleSummary']);
  expect(summaryProblem).toBe('Error: c (a.js:5:40)');
});

test('what a script prints is no word of k6, and its summary no line of the log', async () => {
  const printed = { level: 'error', source: 'console', msg: 'test aborted: not at all' };
  expect(await wordsOf(printed, '  checks....: 100%', '{"metrics":{}}', '{torn')).toEqual({
    exceptions: [],
    stopped: null,
    markedFailed: null,
    userCaps: [],
    summaryProblem: null,
    unsent: null,
  });
});

test('users that ran out, and the summary that could not be written', async () => {
  const words = await wordsOf(
    { level: 'warning', msg: 'Insufficient VUs, reached 5 active VUs and cannot initialize more', scenario: 'b' },
    { level: 'error', msg: 'test marked as failed: bad data' },
    {
      level: 'error',
      msg: 'failed to handle the end-of-test summary',
      error: "Could not save some summary information:\n\t- could not open './x/y.json': no such file or directory",
    },
  );
  expect(words).toMatchObject({
    userCaps: [{ scenario: 'b', users: 5 }],
    markedFailed: 'bad data',
    summaryProblem: "could not open './x/y.json': no such file or directory",
  });
});

test('of a test that k6 itself aborts its last complaint is the reason; of one that ran on it is none', async () => {
  const browser = { level: 'error', source: 'browser', msg: 'process with PID 17 unexpectedly ended' };
  const place = ' at default (file:///shop/ui.js:3:16(0))';
  const lacking = { level: 'error', msg: `error building browser on IterStart: launching browser${place}` };
  await wordsOf(browser, lacking);
  const file = path.join(folder, 'k6.log');
  expect((await readK6Words(file, 108)).stopped).toEqual({
    by: 'k6',
    words: 'error building browser on IterStart: launching browser',
  });
  expect((await readK6Words(file, 0)).stopped).toBeNull();
});

test('a summary on standard output that looks like a line of the log stopped nothing', async () => {
  await wordsOf(
    { level: 'error', msg: 'test aborted: not at all' },
    { level: 'error', msg: 'test marked as failed: nor this' },
  );
  const file = path.join(folder, 'k6.log');
  expect(await readK6Words(file, 0)).toMatchObject({ stopped: null, markedFailed: null });
  expect(await readK6Words(file, 108)).toMatchObject({ stopped: { by: 'script', words: 'not at all' } });
});

test('of a scenario of ours the log has no frames', async () => {
  const words = await wordsOf(
    'Request Failed',
    "TypeError: no 'find'",
    '\tat activeJob (file:///s/lib/journeys.ts:4:199(18))',
    '\tat default (file:///s/burst.ts:1:2(3))',
    '',
    'Insufficient VUs, reached 240 active VUs and cannot initialize more',
  );
  expect(words.exceptions).toEqual([
    { place: 'iteration', count: 1, text: "TypeError: no 'find'", line: 'journeys.ts:4:199' },
  ]);
  expect(words.userCaps).toEqual([{ scenario: '', users: 240 }]);
});

test('without a log there are no words', async () => {
  expect((await readK6Words(path.join(folder, 'none.log'))).exceptions).toEqual([]);
});

test('a URL that is none: k6 sends nothing, counts nothing and goes on', async () => {
  const error = 'invalid URL: parse "http://127.0.0.1:8090items": invalid port ":8090items" after host';
  const unsent = { level: 'warning', msg: 'Request Failed', scenario: 'list', error };
  const refused = { ...unsent, error: 'Get "http://127.0.0.1:8090/items": dial: connection refused' };
  const words = await wordsOf(unsent, refused, { ...unsent, error: 'invalid URL: another' });
  expect(words.unsent).toEqual({ count: 2, text: error });
});
