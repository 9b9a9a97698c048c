import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { StepDeclaration } from '../../scenarios/lib/declaration.ts';
import { profiles } from '../profile/profiles.ts';
import type { PhaseResult, StepResult } from '../result.ts';
import { readBounds } from './canary-bounds.ts';
import type { CanaryVerdict } from './canary-watch.ts';
import type { StepContext } from './step-context.ts';
import { runSteps } from './steps.ts';

const phases: PhaseResult[] = [
  { name: 'restarts', kind: 'rest', startMs: 0, endMs: 100, fullSeconds: 60, activeJobs: 0 },
];

/** A canary that is well, as one that is watched for as long as is asked. */
const canary: StepContext['canary'] = {
  judge: async ({ seconds, signal }) => {
    await sleep(seconds * 1000, undefined, { signal }).catch(() => undefined);
    return { broken: null, readings: ['App pool in use, sustained: 20 %'] };
  },
};

const contextOf = (
  variant: StepContext['variant'],
  given: Partial<StepContext> | { service: Partial<StepContext['service']> } = {},
): { context: StepContext; seen: StepResult[] } => {
  const seen: StepResult[] = [];
  const startMs = performance.now();
  const context = {
    stack: {},
    service: {},
    canary,
    variant,
    profile: profiles.smoke,
    phases,
    nowMs: () => performance.now() - startMs,
    signal: new AbortController().signal,
    onStep: (step: StepResult) => void seen.push(step),
    ...given,
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
  const { context, seen } = contextOf(
    { name: 'upgrade' },
    { service: { restart: async (settings) => void given.push(settings ?? null) } },
  );
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
  const restart = async (): Promise<void> => {
    calls += 1;
    if (calls === 1) throw new Error('not ready within 30 s');
  };
  const { context } = contextOf({ name: 'broken' }, { service: { restart } });
  const { steps } = await runSteps(restarts, context);
  expect(steps.map(({ do: what, ok, message }) => [what, ok, message])).toEqual([
    ['restart', false, 'not ready within 30 s'],
    ['restart', true, null],
    ['wait', true, null],
  ]);
});

test('an interrupt ends the waiting', async () => {
  const stop = new AbortController();
  const restart = async (): Promise<void> => void setTimeout(() => stop.abort(), 20);
  const { context } = contextOf({ name: 'broken' }, { service: { restart }, signal: stop.signal });
  const { steps } = await runSteps([{ phase: 'restarts', atSeconds: 0, do: 'restart', holdSeconds: 60 }], context);
  expect(steps).toMatchObject([
    { do: 'restart', ok: true },
    { do: 'wait', ok: false },
  ]);
});

describe('how the replicas are replaced', () => {
  const replaced = async (
    what: 'restart' | 'roll',
    rollout: StepContext['variant']['rollout'] = null,
  ): Promise<{ calls: string[]; title: string }> => {
    const calls: string[] = [];
    const service: Partial<StepContext['service']> = {
      restart: async () => void calls.push('all'),
      roll: async ({ afterFirst } = {}) => {
        calls.push('first');
        const startedMs = performance.now();
        await afterFirst?.();
        if (performance.now() - startedMs > 40) calls.push('watched');
        calls.push('others');
      },
    };
    const { context } = contextOf({ name: 'x', rollout }, { service });
    const watch = { fullSeconds: 9, floorSeconds: 0.05 };
    const { steps } = await runSteps([{ phase: 'restarts', atSeconds: 0, do: what, watch }], context);
    return { calls, title: steps[0]!.title };
  };

  test.each([
    ['restart', null, ['all'], 'restart of the service'],
    ['roll', null, ['first', 'others'], 'roll of the service'],
    ['restart', 'one-by-one', ['first', 'others'], 'restart of the service, one by one'],
    ['roll', 'at-once', ['all'], 'roll of the service, all at once'],
    ['roll', 'canary', ['first', 'watched', 'others'], 'roll of the service, one first, then one by one'],
    ['restart', 'canary', ['first', 'watched', 'others'], 'restart of the service, one first, then one by one'],
  ] as const)('%s of a variant with rollout %s', async (what, rollout, calls, title) => {
    expect(await replaced(what, rollout)).toEqual({ calls, title });
  });

  test('an interrupt while the canary is watched leaves the others as they are', async () => {
    const stop = new AbortController();
    let others = false;
    const roll: StepContext['service']['roll'] = async ({ afterFirst } = {}) => {
      setTimeout(() => stop.abort(), 20);
      await afterFirst?.();
      others = true;
    };
    const { context } = contextOf({ name: 'x', rollout: 'canary' }, { service: { roll }, signal: stop.signal });
    const watch = { fullSeconds: 60, floorSeconds: 60 };
    const { steps } = await runSteps([{ phase: 'restarts', atSeconds: 0, do: 'roll', watch }], context);
    expect(others).toBe(false);
    expect(steps).toMatchObject([{ do: 'roll', ok: false, message: 'interrupted while the canary was watched' }]);
  });
});

describe('a pooler that is restarted', () => {
  const restarted = async (pooler: number): Promise<{ calls: string[]; step: StepResult }> => {
    const calls: string[] = [];
    let up = true;
    const component = {
      name: 'pooler',
      instance: 1,
      usage: () => (up ? { kind: 'processTree', pid: 1 } : null),
      kill: async (signal: string) => {
        calls.push(signal);
        up = false;
      },
      start: async () => void calls.push('started'),
    };
    const pooled = { product: 'pgbouncer' };
    const stack = { components: [component], poolers: [pooled, pooled], versions: { pgbouncer: '1.25.0' } };
    const { context } = contextOf({ name: 'x' }, { stack: stack as unknown as StepContext['stack'] });
    const step = { phase: 'restarts', atSeconds: 0, do: 'restart-pooler', pooler, downSeconds: 0.05 } as const;
    const { steps } = await runSteps([step], context);
    return { calls, step: steps[0]! };
  };

  test('it ends at once, by the signal that its version needs, and is down as long as is said', async () => {
    const { calls, step } = await restarted(1);
    expect(calls).toEqual(['SIGQUIT', 'started']);
    expect(step).toMatchObject({ ok: true, title: 'restart of pooler 1, down for 0.05 s' });
    expect(step.endMs! - step.atMs).toBeGreaterThanOrEqual(45);
  });

  test('one that is not there is a step that failed', async () => {
    expect((await restarted(0)).step).toMatchObject({ ok: false, message: 'the stack has no pooler 0' });
  });
});

describe('what becomes of a canary', () => {
  const rolled = async (verdict: CanaryVerdict): Promise<{ decision: unknown; step: StepResult }> => {
    let decision: unknown = null;
    const roll: StepContext['service']['roll'] = async ({ afterFirst } = {}) => {
      decision = await afterFirst?.();
    };
    const { context } = contextOf(
      { name: 'x', rollout: 'canary' },
      { service: { roll }, canary: { judge: async () => verdict } },
    );
    const watch = { fullSeconds: 9, floorSeconds: 0.05 };
    const { steps } = await runSteps([{ phase: 'restarts', atSeconds: 0, do: 'roll', watch }], context);
    return { decision, step: steps[0]! };
  };
  const words = 'App pool in use, sustained: 100 % (bound <= 80 %, seeds 000, 002)';
  const broken = readBounds({
    values: [
      { series: 'db.client.connection.count', labels: { state: 'used' }, value: 2, atMs: 0 },
      { series: 'db.client.connection.max', labels: {}, value: 2, atMs: 0 },
    ],
    histograms: [],
  })[0]!;

  test('it is undone where a bound was broken, and the step says which', async () => {
    const { decision, step } = await rolled({ broken, readings: [words] });
    expect({ decision, step }).toMatchObject({
      decision: 'undo',
      step: { ok: true, message: `the canary was undone: ${words}` },
    });
  });

  test('it stays where none was', async () => {
    const { decision, step } = await rolled({ broken: null, readings: ['all well'] });
    expect({ decision, step }).toMatchObject({
      decision: 'go-on',
      step: { ok: true, message: 'the canary stayed: all well' },
    });
  });

  test('nothing was heard of it: nobody can say, so the others do not follow', async () => {
    const { decision, step } = await rolled({ broken: null, readings: [] });
    expect(decision).toBeNull();
    expect(step).toMatchObject({ ok: false, message: 'nothing was heard of the canary while it was watched' });
  });
});

describe('a fault that a step heals', () => {
  /** Holds as a real one does, and is mended when its hold ends. */
  const held: StepContext['applyFault'] = async (id, { holdMs, healed }) => {
    await new Promise<void>((resolve) => {
      const timer = holdMs === null ? undefined : setTimeout(resolve, holdMs);
      healed?.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
    return { id, title: id, target: 'x', injectedAtMs: 0, revertedAtMs: 1, bite: 'bit', revertProved: true };
  };
  const inject: StepDeclaration = { phase: 'restarts', atSeconds: 0, do: 'inject', fault: 'latency' };
  const heal: StepDeclaration = { phase: 'restarts', atSeconds: 0.05, do: 'heal', fault: 'latency' };

  test.each([null, 60])('ends then, whether it had a hold of its own or not: %s', async (holdSeconds) => {
    const { context } = contextOf({ name: 'x' }, { applyFault: held });
    const { steps, faults } = await runSteps([{ ...inject, holdSeconds }, heal], context);
    expect(faults).toMatchObject([{ id: 'latency', revertProved: true }]);
    expect(steps.map(({ do: what, ok }) => [what, ok]).toSorted()).toEqual([
      ['heal', true],
      ['inject', true],
    ]);
    const [injected, healed] = ['inject', 'heal'].map((what) => steps.find((step) => step.do === what)!);
    expect(injected!.endMs!).toBeGreaterThanOrEqual(healed!.atMs);
    expect(injected!.endMs! - injected!.atMs).toBeLessThan(5000);
    expect(healed!.message).toMatch(/^mended and proved \d\.\d s later$/);
  });

  test('one that is not in force, or not proved mended, is a step that failed', async () => {
    const { context } = contextOf({ name: 'x' }, { applyFault: held });
    const late = await runSteps([{ ...inject, holdSeconds: 0.01 }, heal], context);
    expect(late.steps.find((step) => step.do === 'heal')).toMatchObject({
      ok: false,
      message: 'no fault "latency" is in force: it has ended already, or never began',
    });
    const applyFault: StepContext['applyFault'] = async (...given) => ({
      ...(await held(...given)),
      revertProved: false,
      message: 'not seen to be mended within 30 s',
    });
    const stuck = await runSteps([inject, heal], contextOf({ name: 'x' }, { applyFault }).context);
    expect(stuck.steps.find((step) => step.do === 'heal')).toMatchObject({
      ok: false,
      message: 'latency was not proved mended: not seen to be mended within 30 s',
    });
  });

  test('only the one that is named ends; a hold of its own outlasts the steps', async () => {
    const { context } = contextOf({ name: 'x' }, { applyFault: held });
    const other: StepDeclaration = { ...inject, fault: 'reset', holdSeconds: 0.2 };
    const { steps } = await runSteps([{ ...inject, holdSeconds: 60 }, other, heal], context);
    const reset = steps.find(({ title }) => title === 'fault reset')!;
    expect(reset.endMs! - reset.atMs).toBeGreaterThanOrEqual(190);
  });
});
