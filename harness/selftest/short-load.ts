import type { ScenarioDeclaration, StepDeclaration } from '../../scenarios/lib/declaration.ts';

export interface Short {
  activeJobs?: number;
  recoverySeconds?: number;
  beforeSeconds?: number;
}

/**
 * The chaos load cut down in time to what a defect needs to show, with more jobs where it needs many tasks in flight at
 * the instant of the fault; times are not judged here.
 */
export const shortened = (
  declaration: ScenarioDeclaration,
  { activeJobs = 8, recoverySeconds = 5, beforeSeconds = 2 }: Short = {},
): ScenarioDeclaration => {
  const seconds: Record<string, number> = { 'warm-up': 1, before: beforeSeconds, recovery: recoverySeconds };
  const phases = declaration.load.phases.map((phase) => ({
    ...phase,
    activeJobs,
    floorSeconds: seconds[phase.name] ?? phase.floorSeconds,
  }));
  return { ...declaration, load: { ...declaration.load, phases } };
};

/** The same, its fault's step changed. */
export const withFault = (
  declaration: ScenarioDeclaration,
  change: (step: StepDeclaration) => StepDeclaration,
): ScenarioDeclaration => ({
  ...declaration,
  steps: declaration.steps?.map((step) => (step.do === 'inject' ? change(step) : step)) ?? null,
});

/** The same, with a further fault that holds over the first one. */
export const withFurther = (declaration: ScenarioDeclaration, ...steps: StepDeclaration[]): ScenarioDeclaration => ({
  ...declaration,
  steps: [...(declaration.steps ?? []), ...steps],
});

/** Phases of these lengths, whatever the profile. */
export const lasting = (declaration: ScenarioDeclaration, seconds: Record<string, number>): ScenarioDeclaration => ({
  ...declaration,
  load: {
    ...declaration.load,
    phases: declaration.load.phases.map((phase) => {
      const lasts = seconds[phase.name];
      return lasts === undefined ? phase : { ...phase, fullSeconds: lasts, floorSeconds: lasts };
    }),
  },
});

type Environment = ScenarioDeclaration['environment'];

/** The same on other settings of the pooler. */
export const onPooler = (
  declaration: ScenarioDeclaration,
  pooler: NonNullable<Environment['pooler']>,
): ScenarioDeclaration => ({
  ...declaration,
  environment: { ...declaration.environment, pooler: { ...declaration.environment.pooler, ...pooler } },
});
