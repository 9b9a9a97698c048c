import { expect, test } from 'vitest';
import type { Component, Exit } from '../stack/stack.ts';
import { collector } from './collectors/service-exits.ts';
import { recorder } from './fixtures/recorder.ts';

test('ends that nobody caused are counted from zero, and told with their time, even those of the last moment', async () => {
  const { sink, samples, lines, kinds } = recorder();
  const exits: Exit[] = [];
  const component = (name: Component['name'], known: (() => Exit[]) | undefined): Component =>
    ({ name, instance: 1, ...(known === undefined ? {} : { exits: known }) }) as unknown as Component;
  const components = (): Component[] => [component('service', () => exits), component('database', undefined)];
  const running = await collector.start({ sink, components, intervalMs: 1000 } as never);
  await new Promise((resolve) => setTimeout(resolve, 50));
  exits.push({ atEpochMs: Date.now(), how: 'SIGSEGV' }, { atEpochMs: Date.now(), how: 'exit 1' });
  await running[Symbol.asyncDispose]();
  expect(samples.filter(({ series }) => series === 'service.exits').map(({ value }) => value)).toEqual([0, 2]);
  expect(kinds.get('service.exits')).toBe('cumulative');
  expect(lines.map(({ text }) => text)).toEqual([
    'supervisor: replica 1 of the service died (SIGSEGV)',
    'supervisor: replica 1 of the service died (exit 1)',
  ]);
});
