/** The declared steps of an entry, beside its load. */
import type { StepDeclaration } from '../../scenarios/lib/declaration.ts';
import { messageOf } from '../errors.ts';
import { dueSteps, type DueStep } from '../profile/steps-of-variant.ts';
import type { FaultResult, StepResult } from '../result.ts';
import { faultsInForce, type FaultsInForce } from './faults-in-force.ts';
import { actions, titleOf } from './step-actions.ts';
import { sleepUntil, type StepContext } from './step-context.ts';

export interface StepsOutcome {
  steps: StepResult[];
  faults: FaultResult[];
}

interface Work {
  context: StepContext;
  faults: FaultsInForce;
  note(result: StepResult): void;
}

/** Does it once, and logs that whether it worked or not. */
const perform = async (step: StepDeclaration, title: string, { context, faults, note }: Work): Promise<void> => {
  const atMs = context.nowMs();
  const done = await actions[step.do](step, context, faults).then(
    (message) => ({ ok: true, message }),
    (reason: unknown) => ({ ok: false, message: messageOf(reason) }),
  );
  note({ do: step.do, title, atMs, endMs: context.nowMs(), ...done });
};

const wait = async (seconds: number, { context, note }: Work): Promise<void> => {
  const atMs = context.nowMs();
  const ok = await sleepUntil(atMs + seconds * 1000, context);
  const title = `${seconds} s in which nothing is done`;
  note({ do: 'wait', title, atMs, endMs: context.nowMs(), ok, message: ok ? null : 'interrupted' });
};

/** Does the step as many times in a row as it declares, and then waits for its hold. */
const performAll = async ({ step, dueMs }: DueStep, work: Work): Promise<void> => {
  const times = step.times ?? 1;
  const title = titleOf(step, work.context);
  for (let time = 1; time <= times; time += 1) {
    if (!(await sleepUntil(dueMs, work.context))) return;
    await perform(step, times > 1 ? `${title} (${time} of ${times})` : title, work);
  }
  if (step.do !== 'inject' && step.holdSeconds != null && !work.context.signal.aborted)
    await wait(step.holdSeconds, work);
};

/**
 * Runs the declared steps at their instants, in order of time. A fault holds while the steps after it go on; all faults
 * are mended when this resolves.
 */
export const runSteps = async (declared: readonly StepDeclaration[], context: StepContext): Promise<StepsOutcome> => {
  const steps: StepResult[] = [];
  const faults = faultsInForce(context);
  const note = (result: StepResult): void => {
    steps.push(result);
    context.onStep(result);
  };
  const injections: Promise<void>[] = [];
  for (const due of dueSteps(declared, context.variant.name, context.phases)) {
    if (!(await sleepUntil(due.dueMs, context))) break;
    const doing = performAll(due, { context, faults, note });
    if (due.step.do === 'inject') injections.push(doing);
    else await doing;
  }
  // A fault with no hold of its own ends at its heal, or here where that was never reached.
  faults.healEndless();
  await Promise.all(injections);
  return { steps, faults: faults.results };
};
