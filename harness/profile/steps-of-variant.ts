/** Which steps a variant has, and when each is due. */
import type { StepDeclaration } from '../../scenarios/lib/declaration.ts';
import type { PhaseResult } from '../result.ts';

/** A step that names no variants is one of each. */
export const isStepOf = ({ variants }: StepDeclaration, variant: string): boolean =>
  variants == null || variants.includes(variant);

export interface DueStep {
  step: StepDeclaration;
  /** The instant on the run's clock. */
  dueMs: number;
}

/** When a step is due: seconds after its phase began, or a share of the phase. */
const stepDueMs = (step: StepDeclaration, phases: readonly PhaseResult[]): number => {
  const phase = phases.find(({ name }) => name === step.phase);
  if (phase === undefined) return phases[0]?.startMs ?? 0;
  const length = phase.endMs - phase.startMs;
  return (
    phase.startMs + (step.atShare != null ? step.atShare * length : Math.min(length, (step.atSeconds ?? 0) * 1000))
  );
};

/** The steps of a variant, in the order in which they are due. */
export const dueSteps = (
  declared: readonly StepDeclaration[],
  variant: string,
  phases: readonly PhaseResult[],
): DueStep[] =>
  declared
    .filter((step) => isStepOf(step, variant))
    .map((step) => ({ step, dueMs: stepDueMs(step, phases) }))
    .sort((a, b) => a.dueMs - b.dueMs);
