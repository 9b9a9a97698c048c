/**
 * What a scenario says of itself, under `options.ext.pgsurge` of its k6 script.
 *
 * It is data: `k6 inspect` prints it and the harness reads it from there, so it holds no functions,
 * ordered things are arrays (inspect sorts keys) and "optional" means null or absent.
 * This file holds types only; k6 scripts and the harness both import it, neither imports the other.
 */
import type { DiagnosisDeclaration } from './causes.ts';
import type { Observation } from './observation.ts';
import type { PoolerSettings } from './pooler-settings.ts';

/** Values of the service's settings, by setting name (see `service/settings.ts`). */
export type SettingValues = Record<string, string | number | boolean>;

/** Clients beside the jobs: each asks for a report, whose query takes `holdMs`, rests, and asks again. */
interface ClientsDeclaration {
  count: number;
  holdMs: number;
  /** Default: not at all. */
  restSeconds?: number | null;
}

/** One stretch of the load. Lasts max(fullSeconds / profile factor, floorSeconds). */
export interface PhaseDeclaration {
  /** Unique within the scenario; k6 samples carry it as the tag `phase`. */
  name: string;
  /** `warmup` is cut from every judgement; `rest` has no jobs; `recovery` follows a burst or a fault. */
  kind: 'warmup' | 'steady' | 'burst' | 'recovery' | 'rest';
  fullSeconds: number;
  floorSeconds: number;
  /** Virtual users that each keep one job active: constant, or ramped linearly [from, to]. */
  activeJobs: number | [number, number];
  clients?: ClientsDeclaration | null;
}

/** How the service reaches the database: through the pooler, or without it. */
type Route = 'pooler' | 'direct';

/** How the replicas are replaced: all together, one after another, or one that is watched before the others follow. */
export type Rollout = 'at-once' | 'one-by-one' | 'canary';

interface RoleSettings {
  /** CONNECTION LIMIT; -1 is none. */
  connectionLimit?: number | null;
}

/** The roles by which the service logs in: `app` for its work, `listen` for its LISTEN connections. */
interface RolesDeclaration {
  app?: RoleSettings | null;
  listen?: RoleSettings | null;
}

/** The same for all variants of a scenario, but for what a variant sets itself. */
export interface EnvironmentDeclaration {
  route?: Route | null;
  replicas?: number | null;
  /** Stack settings that differ from the defaults in `harness/stack/spec.ts`. */
  stack?: {
    maxConnections?: number | null;
    /** The pooler's product, as `harness/servers/pooler-products.ts` names it. */
    poolerProduct?: string | null;
    poolers?: number | null;
    /** Stated round trip from the service to the pooler, or on the direct route to the database (`--link-ms`). */
    linkMs?: number | null;
    /** Stated latency of the link between whoever dials the database and the database, by Toxiproxy. */
    databaseLinkLatencyMs?: number | null;
    /** Idle sessions that two other roles of a shared cluster hold. */
    neighbourSessions?: number | null;
    /** Put Toxiproxy on both links (service to pooler, pooler to database) so that faults can act there. */
    proxies?: boolean | null;
    /** Put a tap on each hop (`--tap`), which tells what passes there. */
    tap?: boolean | null;
    /** Further postgresql.conf settings. */
    postgres?: Record<string, string> | null;
    /** How the crawled sites behave: see `service/partner/site.ts`. Shares are from 0 to 1. */
    partner?: Partial<
      Record<'crawlMs' | 'forbiddenShare' | 'failingShare' | 'stalledShare' | 'linksPerPage', number | null>
    > | null;
  } | null;
  /** Settings common to all variants; a variant's own are laid over them. */
  pooler?: PoolerSettings | null;
  roles?: RolesDeclaration | null;
  service?: SettingValues | null;
  /** Of a team's own service: what all its processes may use. Absent: shown, and judged against nothing. */
  budget?: { cores: number; memoryBytes: number } | null;
}

/** Something the harness does at an instant, the same for all variants unless the variant is named. */
export interface StepDeclaration {
  /** Phase and full-speed seconds after its start; `atShare` (0..1) instead scales with the phase. */
  phase: string;
  atSeconds?: number | null;
  atShare?: number | null;
  /**
   * restart: all replicas together; roll: one after another. A variant's `rollout` decides for both.
   * restart-pooler: the pooler of that number, from 0; an orderly end, `downSeconds`, a start.
   */
  do: 'restart' | 'roll' | 'restart-pooler' | 'sql' | 'inject' | 'heal';
  /** restart/roll: how many times in a row (default 1). */
  times?: number | null;
  /** restart/roll: the service runs with these settings from now on, as after a release. */
  settings?: SettingValues | null;
  /**
   * restart/roll with a canary: how long it is watched before the others follow; scaled as a phase is. Default: not at
   * all.
   */
  watch?: { fullSeconds: number; floorSeconds: number } | null;
  pooler?: number | null;
  downSeconds?: number | null;
  /** sql: it must fail, with this text in its error; the step is done when it does. */
  failsWith?: string | null;
  /** inject/heal: id of a fault in harness/faults/kinds. `heal` ends it early: it is mended and proved then. */
  fault?: string | null;
  /** inject: options of the fault, which its own file describes. */
  with?: Record<string, string | number | boolean> | null;
  /**
   * inject: the fault is mended after so long; without it, at its `heal`.
   * Other steps: nothing is done for so long after their last time.
   */
  holdSeconds?: number | null;
  /** sql: one statement, run as the database's owner. */
  sql?: string | null;
  /** Only for these variants. */
  variants?: string[] | null;
}

/** What a `broken` variant must show, or the run is `not-reproduced`. */
export interface SymptomDeclaration {
  id: string;
  title: string;
  /** `exact`: counted; `shape`: a class or an order; `claim`: the seed's figure, may be refuted, never gates. */
  tag: 'exact' | 'shape' | 'claim';
  observe: Observation;
}

/** A criterion that the scenario asks for; the bound overrides the criterion's own default. */
export interface CriterionDeclaration {
  id: string;
  /** Overrides the default bound (unit as the criterion states). */
  value?: number | null;
  comparator?: '<' | '<=' | '=' | '>=' | '>' | null;
  /** Declared not applicable, with the reason that the report shows. */
  notApplicable?: string | null;
}

/** A change of the conditions, not of the service: what comes of it proves no fix. */
interface ReferenceDeclaration extends EnvironmentDeclaration {
  /** Phases of the same names in the same order. */
  load?: Partial<LoadDeclaration> | null;
}

/** A named set of settings of the system under test, laid over those of the environment. */
export interface VariantDeclaration {
  name: string;
  title: string;
  service?: SettingValues | null;
  pooler?: PoolerSettings | null;
  roles?: RolesDeclaration | null;
  route?: Route | null;
  /** How the steps `restart` and `roll` replace the replicas. */
  rollout?: Rollout | null;
  /** `symptoms`: must show `symptoms` (of the scenario, or its own); `pass`: must meet the criteria. */
  expected: 'pass' | 'symptoms';
  symptoms?: SymptomDeclaration[] | null;
  proofs?: SymptomDeclaration[] | null;
  criteria?: CriterionDeclaration[] | null;
  reference?: ReferenceDeclaration | null;
  /** Every variant of an incident has it. */
  diagnosis?: DiagnosisDeclaration | null;
  /** One sentence: what this variant is and what it costs. */
  note?: string | null;
}

export interface LoadDeclaration {
  phases: PhaseDeclaration[];
  /** Interactive requests per second, constant arrival rate, all through. */
  interactivePerSecond: number;
  /** What the users of `activeJobs` do: each keeps a job active (the default), or writes one note after the other. */
  users?: 'jobs' | 'notes' | null;
  /** Pages of a job, from the least to the most; default 2 to 4. */
  pagesPerJob?: [number, number] | null;
}

/** A sentence with figures, as the seed has it, shown beside what was measured. A claim never decides a verdict. */
interface ClaimDeclaration {
  text: string;
  seed: string;
  measure?: Observation | null;
  variant?: string | null;
  /** The measure is divided by that of this variant in the same run, and the bound is one of the quotient. */
  relativeTo?: string | null;
  /** Why it does not hold, where that is known; shown when it does not. */
  refuted?: string | null;
}

export interface ScenarioDeclaration {
  schema: 'pgsurge.scenario/1';
  /** Equals the file name. */
  id: string;
  /** `external`: made by the harness of a stranger's script; no file declares it. */
  group: 'matrix' | 'incidents' | 'chaos' | 'external';
  title: string;
  purpose: string;
  /** Source documents, e.g. ["001"]. */
  seeds: string[];
  story?: { happened: string; cause: string; symptom: string; remedy: string } | null;
  environment: EnvironmentDeclaration;
  load: LoadDeclaration;
  steps?: StepDeclaration[] | null;
  variants: VariantDeclaration[];
  criteria: CriterionDeclaration[];
  symptoms?: SymptomDeclaration[] | null;
  /** What `pass` has to show besides its criteria; judged by the criterion `proofs`, a variant's own in their place. */
  proofs?: SymptomDeclaration[] | null;
  claims?: ClaimDeclaration[] | null;
  /** Incidents: ids of the charts (`harness/report/charts`) that explain it, drawn first on its page, in this order. */
  keyCharts?: string[] | null;
  /** Chaos: what may go wrong, for how long, and the floors that configuration sets. */
  expectation?: {
    allowedErrors: string[];
    recoverySeconds: number;
    floors: { name: string; seconds: number }[];
  } | null;
  /** Of a stranger's script: what k6 says of it before it runs. No file declares it. */
  script?: {
    /** Of a journey by `matrix` of pgsurge/k6: which of its rows. */
    row?: string | null;
    seconds: number;
    users: number;
    perSecond: number | null;
    closed: boolean;
    aborting: { metric: string; expression: string }[];
    systemTags: string[];
    trendStats: string[];
  } | null;
}
