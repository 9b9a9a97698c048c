/** `--load 2.3`: one row of the matrix at that factor of the baseline's load, made from the baseline's declaration. */
import type { PhaseDeclaration, ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';

/** The most jobs that its steady phases keep active: what 1 × means. */
const baseJobsOf = (phases: readonly PhaseDeclaration[]): number =>
  Math.max(...phases.filter(({ kind }) => kind === 'steady').flatMap(({ activeJobs }) => activeJobs));

/**
 * As 2x and 5x do it: jobs are kept active at the factor, in the warm-up too, and interactive requests come as they do
 * in every row.
 */
export const atLoad = (baseline: ScenarioDeclaration, factor: number): ScenarioDeclaration => {
  const { load } = baseline;
  const activeJobs = Math.max(1, Math.round(baseJobsOf(load.phases) * factor));
  const phases = load.phases.map((phase) => ({ ...phase, activeJobs }));
  return {
    ...baseline,
    id: `load-${factor}`,
    title: `${factor} × the baseline's load`,
    purpose: `Tries what the rows of the matrix say of ${activeJobs} active jobs.`,
    load: { ...load, phases },
  };
};
