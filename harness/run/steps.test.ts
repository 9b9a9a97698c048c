import { expect, test } from 'vitest';
import type { StepDeclaration } from '../../scenarios/lib/declaration.ts';
import type { PhaseResult, StepResult } from '../result.ts';
import { runSteps, type StepContext } from './steps.ts';

const phases: PhaseResult[] = [
  { name: 'restarts', kind: 'rest', startMs: 0, endMs: 100, fullSeconds: 60, activeJobs: 0 },
];

const contextOf = (
  variant: string,
  restart: StepContext['service']['restart'],
  signal = new AbortController().signal,
): { context: StepContext; seen: StepResult[] } => {
  const seen: StepResult[] = [];
  const context = {
    stack: {},
    service: { restart },
    variant,
    phases,
    nowMs: () => performance.now(),
    signal,
    onStep: (step: StepResult) => void seen.push(step),
  } as unknown as StepContext;
  return { context, seen };
};

const restarts: StepDeclaration[] = [
  {
    phase: 'restarts',
    atSeconds: 0.02,
    do: 'restart',
    settings: { scheduleCall: 'positional' },
    variants: ['upgrade'],
  },
  { phase: 'restarts', atSeconds: 0.01, do: 'restart', times: 2, holdSeconds: 0.05 },
];

test('steps run in order of time, one after the other, hold as declared, and bring their settings', async () => {
  const given: unknown[] = [];
  const { context, seen } = contextOf('upgrade', async (settings) => void given.push(settings ?? null));
  const { steps } = await runSteps(restarts, context);
  expect(given).toEqual([null, null, { scheduleCall: 'positional' }]);
  expect(steps.map(({ do: what }) => what)).toEqual(['restart', 'restart', 'wait', 'restart']);
  expect(steps[3]!.atMs - steps[1]!.endMs!).toBeGreaterThanOrEqual(45);
  expect(steps[3]!.title).toBe('restart of the service with scheduleCall=positional');
  expect(seen.map(({ title }) => title)).toEqual([
    'restart of the service (1 of 2)',
    'restart of the service (2 of 2)',
    '0.05 s in which nothing is done',
    'restart of the service with scheduleCall=positional',
  ]);
});

test('a step of another variant is left out; one that fails is logged, and the next still done', async () => {
  let calls = 0;
  const { context } = contextOf('broken', async () => {
    calls += 1;
    if (calls === 1) throw new Error('not ready within 30 s');
  });
  const { steps } = await runSteps(restarts, context);
  expect(steps.map(({ do: what, ok, message }) => [what, ok, message])).toEqual([
    ['restart', false, 'not ready within 30 s'],
    ['restart', true, null],
    ['wait', true, null],
  ]);
});

test('an interrupt ends the waiting', async () => {
  const stop = new AbortController();
  const { context } = contextOf(
    'broken',
    async () => {
      setTimeout(() => stop.abort(), 20);
    },
    stop.signal,
  );
  const { steps } = await runSteps([{ phase: 'restarts', atSeconds: 0, do: 'restart', holdSeconds: 60 }], context);
  expect(steps).toMatchObject([
    { do: 'restart', ok: true },
    { do: 'wait', ok: false },
  ]);
});
