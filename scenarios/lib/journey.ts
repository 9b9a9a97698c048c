/** What a team's k6 script says of itself when its options come from `matrix` of pgsurge/k6. Types only. */
import type { CriterionDeclaration, PhaseDeclaration } from './declaration.ts';

/** One stretch of a row of a team's journey; scaled as `PhaseDeclaration` is. */
export interface JourneyPhase extends Omit<PhaseDeclaration, 'activeJobs'> {
  /** Users, or iterations a second: constant, or ramped linearly [from, to]. */
  amount: number | [number, number];
}

/**
 * What `matrix` of pgsurge/k6 says of a team's journey, under `options.ext.pgsurge`: one row at a time. The harness
 * packs and runs the script once for each row. It gives PGSURGE_ROW (absent: the first row, which says which rows there
 * are) and PGSURGE_PHASES (JSON of the phases scaled: name, kind, startMs, endMs; absent: the floors). Requests carry
 * the tag `pgsurge_phase` with the phase's name.
 */
export interface JourneyDeclaration {
  schema: 'pgsurge.journey/1';
  row: string;
  rows: string[];
  title: string;
  by: 'users' | 'rate';
  phases: JourneyPhase[];
  criteria?: CriterionDeclaration[] | null;
}
