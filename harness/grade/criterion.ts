import type {
  Bound,
  CheckResult,
  CriterionResult,
  JobRate,
  LoadTotals,
  PhaseResult,
  ScriptLoad,
  StepResult,
  SymptomResult,
  FaultResult,
  Verdict,
} from '../result.ts';
import type { Labels, Observations } from '../measure/tracks/observations.ts';
import type { Window } from '../measure/tracks/windows.ts';
import type { SourceId } from './coverage/sources.ts';
import type { StackSpec } from '../stack/stack.ts';
import type { CriterionDeclaration } from '../../scenarios/lib/declaration.ts';

/** `missed`: there should be one, and it was not measured, so nothing can be told. */
export type JobReference = { state: 'known'; rate: JobRate; of: string } | { state: 'none' | 'missed'; reason: string };

/** `arrival`: k6's own end figures against what arrived here; `others`: any other two counts. */
export interface Disagreement {
  kind: 'arrival' | 'others';
  words: string;
}

/** What is known of an entry that is judged. Plain values: no I/O, so a saved run can be judged again. */
export interface JudgedEntry {
  observations: Observations;
  phases: readonly PhaseResult[];
  /** When the service was told to stop; absent in older runs and where pgsurge does not stop it. */
  teardownMs?: number | null;
  steps: readonly StepResult[];
  faults: readonly FaultResult[];
  checks: readonly CheckResult[];
  loadTotals: LoadTotals | null;
  profile: { name: string; timeScale: number };
  /** Null where the stack is somebody else's: what was not seen of it is unknown, and never ours. */
  stackSpec: StackSpec | null;
  /** A service of the user's own, which declared nothing that its own script or command line does not say. */
  isForeign?: boolean;
  settings: Record<string, string | number | boolean>;
  load: { interactivePerSecond: number; users?: 'jobs' | 'notes'; script?: ScriptLoad | null };
  /** How many replicas the service was started with; null or absent: nobody declared it, so those that spoke. */
  replicas?: number | null;
  /** Counts that had to be equal and are not, beyond what is explained (identities.ts). */
  disagreements?: readonly Disagreement[];
  /** What the parts said that they run with; absent in older runs and where pgsurge starts no service. */
  settingsRead?: { differences: string[]; unread: string[] } | null;
  /** The budget of each component, by its name, for all its instances together. */
  budgets: Record<string, { cores: number; memoryBytes: number } | null>;
  /** How the service reaches the database. */
  route?: 'pooler' | 'direct' | null;
  /** Sources that this run is without, and how to give each. */
  missing?: Partial<Record<Source, string>>;
  /** What the variant has to show if it is to pass, looked for as symptoms are; absent: it declares nothing. */
  proofs?: readonly SymptomResult[];
  /** Chaos: which errors may occur, and how long recovery may take. */
  expectation?: {
    allowedErrors: string[];
    recoverySeconds: number;
    floors: { name: string; seconds: number }[];
  } | null;
  /** The rate of jobs that this entry is held to, or why there is none. Absent: nothing is run beside it. */
  reference?: JobReference;
}

/** Everything that a criterion may look at. */
export interface JudgeInput extends JudgedEntry {
  /** Present if the scenario re-declared this criterion. */
  declaration: CriterionDeclaration | null;
}

/** The worst stretch of what was measured: held to the same bounds as the whole. */
export interface Sustained {
  /** Infinity where more failed in it than a percentile leaves out. */
  value: number;
  count: number;
  numerator?: number | null;
  fromMs: number;
  untilMs: number;
  /** What was in it, in words. */
  words: string;
  source: string;
}

export type Measurement =
  | {
      state: 'measured';
      value: number;
      /** The value is none that a bound or a margin says anything of: the reason tells what happened. */
      hasNoValue?: true;
      count: number;
      numerator?: number | null;
      measuredBy: string;
      evidence?: CriterionResult['evidence'];
      reason?: string;
      /** Null or absent: it was too short to have a stretch that is worse than the whole. */
      sustained?: Sustained | null;
      /** What follows the value in a sentence, where the criterion's own words are of another figure. */
      figureWords?: string;
      /** When it went wrong, in words that follow a figure. */
      when?: string;
      /**
       * A second condition that failed, whatever the bounds say of the value. `isFact`: it holds for everybody's
       * service, also where the bounds are those of ours.
       */
      worst?: { verdict: 'fail' | 'warn' | 'inconclusive'; reason: string; isFact?: true };
    }
  /** `lost`: the source failed, too few samples, the host was starved. Never a pass. */
  | { state: 'inconclusive'; reason: string; count?: number; measuredBy?: string }
  | { state: 'notApplicable'; reason: string };

/** One source that a criterion stands on. */
export interface Need {
  source: SourceId;
  /**
   * Gauges that must be there themselves, sample by sample. Absent: any word of the source proves that it was heard, as
   * for counters that never arrive while they are 0.
   */
  series?: readonly string[];
  labels?: Labels;
  /** The components whose processes must have been seen, where the source is processes. */
  components?: (input: JudgeInput) => readonly string[];
  /** Where it judges; absent: the phases under load. None: here it needs nothing of this source. */
  windows?: (input: JudgeInput) => readonly Window[];
  /** A hole looks like the failure itself (nobody was answered): with one, nothing is blamed on the service. */
  silenceLooksBad?: true;
}

/** What a criterion must see; `otherwise`: why samples have no say in it, and how it knows what it did not see. */
export type Sight = readonly Need[] | { otherwise: string };

/** Sources that a run may be without; a criterion that needs one is then not applicable, and says how to give it. */
export type Source =
  | 'ledger'
  | 'processes'
  | 'service-metrics'
  | 'waiting-metrics'
  | 'timeout-metrics'
  | 'limit-metrics'
  | 'query-metrics'
  | 'reference-metrics'
  | 'supervisor'
  | 'pooler-log'
  | 'declared-load'
  | 'requests';

/** One question with a bound; one file under `harness/grade/criteria/`, its id the file's name. */
export interface Criterion {
  id: string;
  title: string;
  /** Title when it fails, as a statement of what is wrong. */
  failureTitle: string;
  /** Seed number(s), or `ours`. */
  source: string;
  unit: string;
  /** What follows its value in a sentence: "3,000 ms at p95", "12 % of the budget". */
  figureWords?: string;
  /** The best value that can be had, where that is neither 0 nor 100 %. */
  best?: number;
  /** Bounds at full scale. */
  bounds: Bound[];
  /** Bounds that a profile's factor divides (only `burst-recovery`), with the floor. */
  scaled?: { floor: number };
  /** What is demanded beside its bounds or in place of them, and what they are held against, for docs/criteria.md. */
  demand?: string;
  /**
   * Position in the chain of causes: the lower, the nearer to the root. Of several that fail the lowest is named first.
   * Each has its own; one that belongs between two neighbours takes a fraction.
   */
  causeRank: number;
  /** Failing it alone makes the letter F. */
  grave?: true;
  /** Verdicts that no defect excuses: where a broken variant has one, it is told beside its symptoms. */
  unexcused?: readonly Verdict[];
  /** Judged in every scenario unless declared not applicable; the others only in the matrix and where declared. */
  always?: boolean;
  /** Id of the chart that draws it (harness/report/charts/kinds/). */
  chart: string | null;
  nextStep: string;
  /**
   * Its bounds suit the reference service only: where a service of somebody else's declares none, they warn and never
   * fail.
   */
  suitsReferenceOnly?: true;
  /** What it cannot do without; absent: only what every run has. */
  needs?: Source;
  /** How it is judged where the run is without that source, and a tap stood on the service's way to the database. */
  byTap?: { sees: Sight; measure(input: JudgeInput): Measurement };
  /** What it must have seen where it judges: with a hole in that it is inconclusive at best (coverage/coverage.ts). */
  sees: Sight;
  /** Where it cannot know, nothing else of the entry counts: the entry is inconclusive at best. */
  gates?: true;
  measure(input: JudgeInput): Measurement;
}
