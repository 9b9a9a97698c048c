/** How often an entry is sampled, and which texts its logs are searched for beside their errors. */
import type { ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';
import type { SymptomText } from '../collect/collector.ts';
import { declaredObservations } from '../measure/declared-observations.ts';
import type { PlanEntry } from '../profile/plan.ts';

/** An incident's story lasts seconds, and so may the run of a stranger's script. */
const intervalsMs: Record<ScenarioDeclaration['group'], number> = {
  matrix: 1000,
  incidents: 200,
  chaos: 1000,
  external: 500,
};

export const sampleIntervalMs = ({ declaration }: Pick<PlanEntry, 'declaration'>): number =>
  intervalsMs[declaration.group];

/** Texts of declared symptoms, proofs and claims: the collectors of logs keep them whether or not they are errors. */
export const symptomTextsOf = (planned: PlanEntry): SymptomText[] =>
  declaredObservations(planned).flatMap(({ observe }) =>
    observe?.kind === 'log' ? [{ component: observe.component, contains: observe.contains }] : [],
  );
