import { expect, test } from 'vitest';
import { declaredLoadOf } from './declared-load.ts';

const ramp = {
  executor: 'ramping-arrival-rate',
  startRate: 20,
  timeUnit: '1s',
  preAllocatedVUs: 50,
  maxVUs: 500,
  stages: [
    { duration: '1m0s', target: 300 },
    { duration: '2m', target: 6000 },
  ],
};

test('a ramp of arrivals: its length without its grace, its highest rate, its users', () => {
  const options = {
    scenarios: { ramp },
    thresholds: {
      http_req_duration: [{ threshold: 'p(95)<200', abortOnFail: true }, 'p(99)<500'],
      checks: [{ threshold: 'rate>0.9', abortOnFail: null }],
    },
    systemTags: ['url'],
    summaryTrendStats: ['avg'],
  };
  expect(declaredLoadOf(options)).toEqual({
    seconds: 180,
    users: 500,
    perSecond: 6000,
    closed: false,
    aborting: [{ metric: 'http_req_duration', expression: 'p(95)<200' }],
    systemTags: ['url'],
    trendStats: ['avg'],
    graceSeconds: 150,
  });
});

test('what setup, teardown and the last iterations may take is waited for', () => {
  const slow = { executor: 'constant-vus', vus: 1, duration: '5s', gracefulStop: '3m' };
  const options = { scenarios: { ramp, slow }, setupTimeout: '2m', teardownTimeout: '5s' };
  expect(declaredLoadOf(options)).toMatchObject({ seconds: 180, graceSeconds: 120 + 5 + 180 });
  expect(declaredLoadOf({ vus: 1, duration: '5s' })).toMatchObject({ graceSeconds: 150 });
});

test('users in a loop are a closed load, beside arrivals too', () => {
  const users = { executor: 'constant-vus', vus: 5, duration: '8s' };
  expect(declaredLoadOf({ scenarios: { users } })).toMatchObject({
    seconds: 8,
    users: 5,
    perSecond: null,
    closed: true,
  });
  const late = { ...ramp, startTime: '10s', timeUnit: '1m' };
  expect(declaredLoadOf({ scenarios: { users, late } })).toMatchObject({
    seconds: 190,
    users: 505,
    perSecond: 100,
    closed: true,
  });
});

test('without scenarios it is vus and duration, or stages', () => {
  expect(declaredLoadOf({ vus: 20, duration: '20s' })).toMatchObject({ seconds: 20, users: 20, closed: true });
  const stages = [
    { duration: '5s', target: 3 },
    { duration: '3s', target: 0 },
  ];
  expect(declaredLoadOf({ stages })).toMatchObject({ seconds: 8, users: 3, perSecond: null });
  expect(declaredLoadOf('no options')).toBeNull();
});
