import type { Plant } from '../run/plant.ts';
import type { ScenarioResult } from '../result.ts';

/**
 * One defect put in on purpose, and who must find it; one file under `harness/selftest/mutations/`, its id the file's
 * name.
 */
export interface Mutation {
  id: string;
  title: string;
  /**
   * `control`: a setting of Postgres that loses data; `service`: a bug of the service; `harness`: a bug of the harness
   * itself.
   */
  kind: 'control' | 'service' | 'harness';
  /** Whether `selftest --quick` runs it, too. */
  quick?: boolean;
  /** It lasts over a minute: CI judges what was recorded of it (`recordings/`), the nightly selftest runs it. */
  isLong?: true;
  /** The scenario whose load and fault expose it. */
  scenario: string;
  /** What is run before it in the same run, where it is judged by that. */
  beside?: string;
  /** The profile of its run; absent: smoke. */
  profile?: 'nightly';
  /** Before the run, where the plant needs something to exist. */
  prepare?: () => Promise<void>;
  plant: Plant;
  /** Frees what the plant holds, after the run. */
  dispose?: () => void;
  /** For the table: the invariant or criterion that must name it. */
  caughtBy: string;
  /** What it was caught by; null: it slipped through. */
  evidence(entry: ScenarioResult): string | null;
}
