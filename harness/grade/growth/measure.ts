/** One thing that grows with the load, and the level at which it is said to be full, slow or spent. */
import type { Window } from '../../measure/tracks/windows.ts';
import type { ScenarioResult } from '../../result.ts';
import type { JudgedEntry } from '../criterion.ts';

export interface GrowthEntry extends Pick<JudgedEntry, 'observations' | 'phases' | 'budgets'> {
  /** What the servers reported of themselves; nothing here is read that only was asked for. */
  reported: ScenarioResult['stackSettings'];
}

export interface GrowthMeasure {
  id: string;
  title: string;
  unit: string;
  /** What it is called when it is met, in a sentence: "You have room for 2.3 × until …". */
  meaning(limit: number | null): string;
  /** Its value in one stretch; null where it was not seen. */
  valueIn(entry: GrowthEntry, stretch: Window): number | null;
  /** What a part of the system reported as its limit; null: it has none, or it was not seen. */
  limitIn(entry: GrowthEntry): number | null;
  /** What other parts, by their own reports, leave it at the most; null or absent: nothing is known of that. */
  mostIn?(entry: GrowthEntry): number | null;
  /** The value at which it is met; null: it is only shown. */
  levelOf(limit: number | null): number | null;
  /** Of several that are met in the same row: which of them explains the others. The lower, the nearer to the root. */
  causeRank: number;
  /** Once it is met, what is done no longer follows the load, so that no line goes on from there. */
  stopsGrowth?: true;
  /** Work that was done has spent its CPU however long it waited for a core: a starved row counts too. */
  standsBusyHost?: true;
  /** It is nothing until it is met, so that no line leads there: only a row can show it. */
  onlySeen?: true;
}
