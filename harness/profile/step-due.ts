import type { StepDeclaration } from '../../scenarios/lib/declaration.ts';
import type { PhaseResult } from '../result.ts';

/** When a step is due on the run's clock: seconds after its phase began, or a share of the phase. */
export const stepDueMs = (step: StepDeclaration, phases: readonly PhaseResult[]): number => {
  const phase = phases.find(({ name }) => name === step.phase);
  if (phase === undefined) return phases[0]?.startMs ?? 0;
  const length = phase.endMs - phase.startMs;
  return (
    phase.startMs + (step.atShare != null ? step.atShare * length : Math.min(length, (step.atSeconds ?? 0) * 1000))
  );
};
