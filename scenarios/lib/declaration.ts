/**
 * What a scenario says of itself, under `options.ext.pgsurge` of its k6 script.
 *
 * It is data: `k6 inspect` prints it and the harness reads it from there, so it holds no functions,
 * ordered things are arrays (inspect sorts keys) and "optional" means null or absent.
 * This file holds types only; k6 scripts and the harness both import it, neither imports the other.
 */

/** Values of the service's settings, by setting name (see `service/settings.ts`). */
export type SettingValues = Record<string, string | number | boolean>;

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
}

/** The same for all variants of a scenario. */
export interface EnvironmentDeclaration {
  /** How the service reaches the database. `pooler` is through PgBouncer in transaction mode. */
  route?: 'pooler' | 'direct' | null;
  replicas?: number | null;
  /** Stack settings that differ from `harness/stack/spec.ts` defaults. */
  stack?: {
    maxConnections?: number | null;
    /** CONNECTION LIMIT of the service's role. */
    roleConnectionLimit?: number | null;
    poolers?: number | null;
    /** default_pool_size = max_db_connections of each pooler. */
    poolerPoolSize?: number | null;
    poolerMaxClientConn?: number | null;
    poolerQueryWaitTimeoutSeconds?: number | null;
    poolerServerLoginRetrySeconds?: number | null;
    /** Stated latency of the link between whoever dials the database and the database, by Toxiproxy. */
    databaseLinkLatencyMs?: number | null;
    /** Put Toxiproxy on both links (service to pooler, pooler to database) so that faults can act there. */
    proxies?: boolean | null;
    /** Further postgresql.conf settings. */
    postgres?: Record<string, string> | null;
  } | null;
  /** Target settings common to all variants. */
  service?: SettingValues | null;
}

/** Something the harness does at an instant, the same for all variants unless the variant is named. */
export interface StepDeclaration {
  /** Phase and full-speed seconds after its start; `atShare` (0..1) instead scales with the phase. */
  phase: string;
  atSeconds?: number | null;
  atShare?: number | null;
  do: 'restart' | 'roll' | 'sql' | 'inject' | 'heal';
  /** restart/roll: how many times in a row (default 1). */
  times?: number | null;
  /** restart: the service runs with these settings from now on, as after a release. */
  settings?: SettingValues | null;
  /** sql: it must fail, with this text in its error; the step is done when it does. */
  failsWith?: string | null;
  /** inject/heal: id of a fault in harness/faults; a fault is healed by itself after `holdSeconds`; other steps wait so long after their last time. */
  fault?: string | null;
  with?: Record<string, string | number | boolean> | null;
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
  /** A log text that must appear in the service's or the pooler's log (withinSeconds: of the service's start), or a series that must reach a bound. */
  observe:
    | {
        kind: 'log';
        component: 'service' | 'pooler' | 'database';
        contains: string;
        atLeast?: number | null;
        withinSeconds?: number | null;
      }
    | {
        kind: 'series';
        series: string;
        labels?: Record<string, string> | null;
        /** Taken away at each instant: what one side believes and the other does not have. Not with sum or delta. */
        minus?: { series: string; labels?: Record<string, string> | null } | null;
        statistic: 'max' | 'min' | 'last' | 'first' | 'sum' | 'delta';
        comparator: '<' | '<=' | '=' | '>=' | '>';
        value: number;
        /** Seconds after the service's start, or after the phase's where one is named. */
        fromSeconds?: number | null;
        withinSeconds?: number | null;
        phase?: string | null;
      }
    | { kind: 'sql'; query: string; comparator: '<' | '<=' | '=' | '>=' | '>'; value: number };
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

export interface VariantDeclaration {
  name: string;
  title: string;
  settings: SettingValues;
  /** `symptoms`: must show `symptoms` (of the scenario, or its own); `pass`: must meet the criteria. */
  expected: 'pass' | 'symptoms';
  symptoms?: SymptomDeclaration[] | null;
  criteria?: CriterionDeclaration[] | null;
  /** A reference variant may change environment too; it never proves a fix. */
  reference?: EnvironmentDeclaration | null;
  /** One sentence: what this variant is and what it costs. */
  note?: string | null;
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
  load: {
    phases: PhaseDeclaration[];
    /** Interactive requests per second, constant arrival rate, all through. */
    interactivePerSecond: number;
    /** Jobs done per active-job-minute when the service is healthy (criterion `throughput`). */
    nominalJobsPerActiveJobMinute?: number | null;
  };
  steps?: StepDeclaration[] | null;
  variants: VariantDeclaration[];
  criteria: CriterionDeclaration[];
  symptoms?: SymptomDeclaration[] | null;
  /** The seed's sentences with figures, shown beside what was measured; claims never gate. `refuted`: why one does not hold, where that is known; shown when it does not. */
  claims?:
    | {
        text: string;
        seed: string;
        measure?: SymptomDeclaration['observe'] | null;
        variant?: string | null;
        refuted?: string | null;
      }[]
    | null;
  /** Chaos: what may go wrong, for how long, and the floors that configuration sets. */
  expectation?: {
    allowedErrors: string[];
    recoverySeconds: number;
    floors: { name: string; seconds: number }[];
  } | null;
}
