import type { VariantDeclaration } from './declaration.ts';

/**
 * The leg of `thundering-herd` whose logins are slower than an acquisition’s time, and what it shares
 * with the others.
 */
export const broken = { connectionTimeoutMillis: 2000, warmConnections: 0 };

export const poolCount = { kind: 'series', series: 'db.client.connection.count' } as const;
export const poolWaiting = { kind: 'series', series: 'pool_connections_waiting' } as const;
export const timesOut = {
  kind: 'log',
  component: 'service',
  contains: 'timeout exceeded when trying to connect',
} as const;

/** The seed's line, at the very start. */
export const early = {
  id: 'pool-counts',
  title: 'The pool is full and twelve wait, in the words of the seed',
  tag: 'exact',
  observe: { kind: 'log', component: 'service', contains: 'pool: 30 total, 0 idle, 12 waiting', withinSeconds: 10 },
} as const;

/** All have failed 2 s after they asked, which is some 3 s after the start; 5 s later they have failed once more. */
const fiveSecondsLater = { fromSeconds: 7.5, withinSeconds: 8.5 } as const;

/** In today's node-pg; `service/phantom-connections.test.ts` shows it. */
export const phantomsRefuted =
  'With node-pg 8.23 nothing stays: once the logins have ended, pool and database agree to the connection. The ' +
  'pool counts a client from the moment it begins to log in, which explains the 30 without any leak; a client ' +
  'begun for an acquisition that has meanwhile given up stays until its login ends or times out.';

export const loginTimeout: VariantDeclaration = {
  name: 'login-timeout',
  title: 'Logins slower than 2 s',
  service: broken,
  expected: 'symptoms',
  diagnosis: { cause: 'connect-failures', notCauses: ['app-pool', 'pool-over-slots'] },
  reference: { stack: { databaseLinkLatencyMs: 800 } },
  note:
    'The seed to the letter: all 21 workers fail. A login takes 2.4 s and is given up at 2.0 s, so every attempt ' +
    'fails, for ever; waiting in the pool only adds twelve more.',
  symptoms: [
    {
      id: 'logins-time-out',
      title: 'All 30 logins are given up, which the seed’s text does not tell apart',
      tag: 'exact',
      observe: {
        kind: 'log',
        component: 'service',
        contains: 'due to connection timeout',
        atLeast: 30,
        withinSeconds: 6,
      },
    },
    {
      id: 'acquisitions-time-out',
      title: 'The other twelve acquisitions time out',
      tag: 'exact',
      observe: { ...timesOut, atLeast: 12, withinSeconds: 6 },
    },
    {
      id: 'nobody-works',
      title: 'Not one of the 21 workers starts',
      tag: 'exact',
      // Within the load only: after it logins are fast again, and a sample before the end may find all at work.
      observe: { kind: 'series', series: 'workers', statistic: 'max', phase: 'start-up', comparator: '=', value: 0 },
    },
    early,
  ],
};

export const loginTimeoutClaims = [
  {
    text: '06:19:37, 5 s after the failures: pool shows 30 total',
    seed: '004',
    variant: 'login-timeout',
    measure: { ...poolCount, ...fiveSecondsLater, statistic: 'max', comparator: '=', value: 30 },
    refuted:
      'With node-pg 8.23 a client whose login was given up leaves the pool at once. What it still counts 5 s later ' +
      'are clients that were begun for acquisitions which had given up by then; they leave when their own login is ' +
      'given up. The seed’s line is what the pool shows while an attempt lasts.',
  },
  {
    text: '06:19:37, 5 s after the failures: 12 waiting',
    seed: '004',
    variant: 'login-timeout',
    measure: { ...poolWaiting, ...fiveSecondsLater, statistic: 'max', comparator: '=', value: 12 },
    refuted: 'Whoever waited has given up too, at 2 s: nobody waits until the workers try again.',
  },
] as const;
