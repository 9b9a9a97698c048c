import type { Observations } from '../../measure/tracks/observations.ts';
import type { ScenarioResult } from '../../result.ts';

/** An entry of a run with its samples; null where none were found. */
export interface EntryData {
  scenario: ScenarioResult;
  observations: Observations | null;
}
