/** A service that has no core left: by its process where that is on this machine, else by a tap. */
import { expect, test } from 'vitest';
import { flat } from '../grade/fixtures/shapes.ts';
import type { Recorder } from '../grade/fixtures/recorder.ts';
import { answering, diagnosisOf, pooled, sessions, withPooler } from './fixtures/stranger.ts';

const using = (recorder: Recorder, cores: number): Recorder =>
  recorder.counter('process.cpu_seconds', { component: 'service', instance: '0' }, flat(cores));

const slow = (): Recorder => answering(200, 30, 2500);

test('one core used up, and the database has nothing to do', () => {
  const recorder = sessions(using(slow(), 0.99), 'active', flat(0));
  const [found] = diagnosisOf(recorder).findings;
  expect(found).toMatchObject({ cause: 'service-cpu' });
  expect(found!.sentence).toMatch(/one replica uses 0\.99 cores in its busiest ten seconds/);
});

test('a service of many threads may use one and wait for the database all the same', () => {
  expect(diagnosisOf(sessions(using(slow(), 0.99), 'active', flat(9))).findings[0]!.cause).not.toBe('service-cpu');
  const waiting = withPooler(sessions(using(slow(), 0.99), 'active', flat(0)), flat(20), flat(10));
  expect(diagnosisOf(waiting, { stackSettings: pooled }).findings[0]!.cause).not.toBe('service-cpu');
});

test('with cores to spare it is not that', () => {
  expect(diagnosisOf(sessions(using(slow(), 0.4), 'active', flat(0))).findings[0]!.cause).not.toBe('service-cpu');
});

test('a service that waits for something else takes as long, and uses no core', () => {
  const group = { hop: 'service-database', user: 'app', database: 'app', application: 'shop' };
  const tapped = (recorder: Recorder): Recorder => {
    for (const [state, count] of [
      ['idle', 9],
      ['active', 0.1],
      ['idle in transaction', 0],
      ['starting', 0],
    ] as const) {
      recorder.gauge('tap.connections', { ...group, state }, flat(Math.ceil(count)));
      recorder.gauge('tap.state_seconds', { ...group, state }, flat(count));
    }
    recorder.gauge('tap.acquisitions', group, flat(30));
    return recorder.histogram('tap.hold_time', { ...group, what: 'single' }, () =>
      Array.from({ length: 30 }, () => 0.003),
    );
  };
  expect(diagnosisOf(tapped(slow())).findings[0]!.cause).toBe('service-cpu');
  expect(diagnosisOf(tapped(using(slow(), 0.05))).findings[0]!.cause).toBe('unknown');
  const unread = tapped(slow()).gauge('tap.unread', { hop: group.hop, why: 'tls' }, flat(3));
  const [found] = diagnosisOf(unread).findings;
  expect(found!.cause).toBe('unknown');
  expect(found!.against.join('; ')).toContain('sslmode=disable');
});
