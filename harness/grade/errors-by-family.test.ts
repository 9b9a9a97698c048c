import { expect, test } from 'vitest';
import { Recorder } from './fixtures/recorder.ts';
import { errorsByFamily } from './errors-by-family.ts';

const line = { component: 'service', instance: 1, atMs: 1000 };

test('all are told that were counted, not only those whose lines were kept', () => {
  const recorder = new Recorder(10);
  for (const [series, labels] of [
    ['service.log_errors', { instance: '0' }],
    ['service.log_errors', { instance: '1' }],
    ['postgres.log_errors', { instance: '0' }],
  ] as const)
    recorder.gauge(series, { ...labels, family: 'deadlock' }, (second) => second * 40);
  for (let kept = 0; kept < 300; kept += 1)
    recorder.logLines.push({ ...line, text: 'ERROR deadlock detected', family: 'deadlock' });
  expect(errorsByFamily(recorder.observations())).toEqual([
    { family: 'deadlock', source: 'service', count: 800, example: 'ERROR deadlock detected' },
    { family: 'deadlock', source: 'database', count: 400, example: 'deadlock' },
  ]);
});

test('a line that its collector took for none is none, whatever words it holds', () => {
  const recorder = new Recorder(10);
  recorder.gauge('log.lines', { component: 'service', instance: '1', kind: 'read' }, () => 2);
  recorder.logLines.push({ ...line, text: 'INFO no error, no timeout' }, { ...line, text: 'x', family: 'other' });
  expect(errorsByFamily(recorder.observations())).toEqual([
    { family: 'other', source: 'service', count: 1, example: 'x' },
  ]);
});

test('older runs are told by their lines', () => {
  const recorder = new Recorder(10);
  recorder.logLines.push({ ...line, text: 'ERROR deadlock detected' }, { ...line, text: 'INFO started' });
  expect(errorsByFamily(recorder.observations())).toMatchObject([{ family: 'deadlock', count: 1 }]);
});
