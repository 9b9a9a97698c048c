import { expect, test } from 'vitest';
import { judge } from '../fixtures/judge.ts';

test('the pooler logged timeouts while clients saw none', () => {
  let total = 0;
  const logged = judge('pooler-errors', (recorder) =>
    recorder
      .gauge('pooler.log_errors', { pooler: '1', family: 'pooler-wait' }, (second) => (total += second === 30 ? 66 : 0))
      .log('pooler', 'C-0x1: app/app pooler error: query_wait_timeout'),
  );
  expect(logged).toMatchObject({ verdict: 'fail', value: 66, evidence: [{ source: 'pooler' }] });
  expect(judge('connection-timeouts').verdict).toBe('pass');
  expect(judge('pooler-errors', undefined, { route: 'direct' }).verdict).toBe('notApplicable');
  expect(
    judge(
      'pooler-errors',
      (recorder) =>
        recorder.source('pooler-log', false, 'gone') &&
        recorder.sources.splice(
          recorder.sources.findIndex(({ source }) => source === 'pooler-log'),
          1,
        ),
    ).verdict,
  ).toBe('inconclusive');
});

test('none logged is met', () => {
  expect(judge('pooler-errors')).toMatchObject({ verdict: 'pass', value: 0, reason: 'none logged' });
});

const logged = (family: string, count: number): string =>
  judge('pooler-errors', (recorder) => recorder.gauge('pooler.log_errors', { pooler: '1', family }, () => count))
    .verdict;

test('words that are not known are an error too; clients that leave are none', () => {
  expect(logged('other', 3)).toBe('fail');
  expect(logged('connect-timeout', 1)).toBe('fail');
  expect(logged('host-limits', 1)).toBe('fail');
  expect(logged('client-gone', 40)).toBe('pass');
});

test('a log that could not be understood says nothing', () => {
  const unread = judge('pooler-errors', (recorder) => {
    const labels = { component: 'pooler', instance: '0' };
    recorder.gauge('log.lines', { ...labels, kind: 'read' }, () => 50);
    recorder.gauge('log.lines', { ...labels, kind: 'not-understood' }, () => 50);
  });
  expect(unread).toMatchObject({ verdict: 'inconclusive', reason: expect.stringContaining('50 of 50 lines') });
});
