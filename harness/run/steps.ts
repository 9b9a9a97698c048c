import type { StepDeclaration } from '../../scenarios/lib/declaration.ts';
import { messageOf } from '../errors.ts';
import { stepDueMs } from '../profile/step-due.ts';
import type { FaultResult, PhaseResult, StepResult } from '../result.ts';
import { limitedSql } from '../servers/postgres/limited-sql.ts';
import type { StartedStack } from '../stack/stack.ts';
import type { StartedService } from '../launch/started-service.ts';

export interface StepContext {
  stack: StartedStack;
  service: StartedService;
  variant: string;
  /** Phases on the run's clock. */
  phases: readonly PhaseResult[];
  /** Declared lengths are full ones; offsets shrink with their phase. */
  nowMs(): number;
  signal: AbortSignal;
  onStep(step: StepResult): void;
  /** Injects, holds, heals; see docs/faults.md. */
  applyFault(
    id: string,
    options: { with: Record<string, string | number | boolean>; holdMs: number },
  ): Promise<FaultResult>;
}

export interface StepsOutcome {
  steps: StepResult[];
  faults: FaultResult[];
}

const sleepUntil = (atMs: number, { nowMs, signal }: Pick<StepContext, 'nowMs' | 'signal'>): Promise<boolean> =>
  new Promise((resolve) => {
    const finish = (reached: boolean): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      resolve(reached);
    };
    const abort = (): void => finish(false);
    const timer = setTimeout(() => finish(true), Math.max(0, atMs - nowMs()));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });

/** A clean-up or a constraint, beside a load: what takes longer was not meant to. */
const stepLimits = { statementMs: 60_000, lockMs: 30_000 };

const runSql = async (stack: StartedStack, { sql, failsWith }: StepDeclaration): Promise<string | null> => {
  await using client = await limitedSql(stack.databaseUrl('owner'), 'pgsurge-step', 'the statement', stepLimits);
  const failure = await client.query(sql ?? '').then(
    () => null,
    (error: unknown) => error,
  );
  if (failure === null && failsWith == null) return null;
  if (failure === null) throw new Error(`it was done, but was declared to fail with "${failsWith}"`);
  if (failsWith == null || !messageOf(failure).includes(failsWith)) throw failure;
  return `failed, as declared: ${messageOf(failure)}`;
};

const released = ({ settings }: StepDeclaration): string =>
  settings == null
    ? ''
    : ` with ${Object.entries(settings)
        .map(([name, value]) => `${name}=${value}`)
        .join(', ')}`;

const titleOf = (step: StepDeclaration): string => {
  if (step.do === 'sql') return `SQL: ${step.sql ?? ''}`;
  return step.do === 'inject' ? `fault ${step.fault ?? ''}` : `${step.do} of the service${released(step)}`;
};

/** Gives what the step has to say when all went well. */
const perform = async (step: StepDeclaration, context: StepContext, outcome: StepsOutcome): Promise<string | null> => {
  if (step.do === 'restart') await context.service.restart(step.settings ?? undefined);
  else if (step.do === 'roll') await context.service.roll();
  else if (step.do === 'sql') return runSql(context.stack, step);
  else if (step.do === 'inject')
    outcome.faults.push(
      await context.applyFault(step.fault ?? '', { with: step.with ?? {}, holdMs: (step.holdSeconds ?? 0) * 1000 }),
    );
  return null;
};

const hold = async (seconds: number, context: StepContext): Promise<StepResult> => {
  const atMs = context.nowMs();
  const ok = await sleepUntil(atMs + seconds * 1000, context);
  return {
    do: 'wait',
    title: `${seconds} s in which nothing is done`,
    atMs,
    endMs: context.nowMs(),
    ok,
    message: ok ? null : 'interrupted',
  };
};

const noted = (result: StepResult, context: StepContext, outcome: StepsOutcome): void => {
  outcome.steps.push(result);
  context.onStep(result);
};

const logged = async (
  step: StepDeclaration,
  title: string,
  context: StepContext,
  outcome: StepsOutcome,
): Promise<void> => {
  const atMs = context.nowMs();
  const done = await perform(step, context, outcome).then(
    (message) => ({ ok: true, message }),
    (reason: unknown) => ({ ok: false, message: messageOf(reason) }),
  );
  noted({ do: step.do, title, atMs, endMs: context.nowMs(), ...done }, context, outcome);
};

/**
 * Runs the declared steps at their instants, in order of time; each is logged whether it worked or not. A fault holds
 * while the steps after it go on; all faults are mended when this resolves.
 */
export const runSteps = async (declared: readonly StepDeclaration[], context: StepContext): Promise<StepsOutcome> => {
  const outcome: StepsOutcome = { steps: [], faults: [] };
  const underWay: Promise<void>[] = [];
  const due = declared
    .filter(({ variants }) => variants == null || variants.includes(context.variant))
    .map((step) => ({ step, dueMs: stepDueMs(step, context.phases) }))
    .sort((a, b) => a.dueMs - b.dueMs);
  for (const { step, dueMs } of due) {
    for (let time = 1; time <= (step.times ?? 1); time += 1) {
      if (!(await sleepUntil(dueMs, context))) break;
      const times = step.times ?? 1;
      const doing = logged(
        step,
        times > 1 ? `${titleOf(step)} (${time} of ${times})` : titleOf(step),
        context,
        outcome,
      );
      if (step.do === 'inject') underWay.push(doing);
      else await doing;
    }
    if (step.do !== 'inject' && step.holdSeconds != null && !context.signal.aborted)
      noted(await hold(step.holdSeconds, context), context, outcome);
  }
  await Promise.all(underWay);
  return outcome;
};
