import { expect, test } from 'vitest';
import { judge } from '../fixtures/judge.ts';
import { answeredOnly, fault, heard, judgeBroken, requests } from '../fixtures/broken-run.ts';

test('a steady state is one, with a single slow answer too', () => {
  expect(judgeBroken('steady-before', heard)).toMatchObject({ verdict: 'pass', value: 0 });
  expect(
    judgeBroken('steady-before', (recorder) =>
      heard(recorder).histogram('pgsurge_request_duration', { phase: 'steady' }, (second) =>
        second === 40 ? [1500] : [20],
      ),
    ),
  ).toMatchObject({ verdict: 'pass', numerator: 1 });
});

test('one that is bad already leaves what the fault did unknown', () => {
  expect(
    judgeBroken('steady-before', (recorder) => requests(heard(recorder), '503', (second) => (second < 65 ? 4 : 0))),
  ).toMatchObject({ verdict: 'inconclusive', reason: expect.stringContaining('was not steady before the fault') });
  expect(
    judgeBroken('steady-before', (recorder) =>
      heard(recorder).histogram('pgsurge_request_duration', { phase: 'steady' }, () => [1500, 1500, 20]),
    ),
  ).toMatchObject({ verdict: 'inconclusive' });
  expect(
    judgeBroken(
      'steady-before',
      answeredOnly((second) => (second > 40 && second < 50 ? 0 : 20)),
    ),
  ).toMatchObject({ verdict: 'inconclusive', reason: expect.stringContaining('only 0 requests were answered') });
  expect(
    judgeBroken('steady-before', (recorder) => requests(heard(recorder), '503', (second) => (second > 70 ? 20 : 0)))
      .verdict,
  ).toBe('pass');
});

test('too little before the fault is unknown', () => {
  expect(judgeBroken('steady-before', heard, { faults: [{ ...fault, injectedAtMs: 5300 }], steps: [] })).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('too few'),
  });
});

test('without a fault there is nothing to say', () => {
  expect(judge('steady-before').verdict).toBe('notApplicable');
});
