/** What is known of a symptom that was looked for, and what it is looked for in. */
import type { Evidence } from '../result.ts';
import type { JudgedEntry } from './criterion.ts';

/** Without steps, as in a run of another's service, times count from the first phase. */
export type JudgedSymptoms = Pick<JudgedEntry, 'observations' | 'phases'> &
  Partial<Pick<JudgedEntry, 'steps' | 'teardownMs'>>;

export interface SymptomObservation {
  /** Null where the source was lost or never asked. */
  observed: boolean | null;
  value: number | null;
  expected: string;
  evidence: Evidence[];
}

/** When the service was started: herds form before the first phase. */
export const serviceStartMs = ({ phases, steps }: JudgedSymptoms): number =>
  steps?.find((step) => step.do === 'start')?.atMs ?? phases[0]?.startMs ?? 0;
