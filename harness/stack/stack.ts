import type { PoolerSettings } from '../../scenarios/lib/declaration.ts';

type Values<Settings> = { [Name in keyof Settings]?: NonNullable<Settings[Name]> };

/** What always has a value here; the pooler's own defaults serve for the rest. */
export type PoolerSpec = Values<PoolerSettings> &
  Required<
    Pick<
      Values<PoolerSettings>,
      | 'mode'
      | 'poolSize'
      | 'maxClientConn'
      | 'maxPreparedStatements'
      | 'queryWaitTimeoutSeconds'
      | 'serverLoginRetrySeconds'
    >
  >;

/**
 * The stack a scenario runs on: Postgres, PgBouncer, and Toxiproxy where links must be broken or slowed.
 * Three providers give the same `StartedStack`: local (processes), compose (containers), external (yours).
 */
export interface StackSpec {
  maxConnections: number;
  /** CONNECTION LIMIT of the roles by which the service logs in; null: none. */
  roles: { app: { connectionLimit: number }; listen: { connectionLimit: number | null } };
  poolers: number;
  /** Of each pooler. */
  pooler: PoolerSpec;
  /** 0: no proxy unless `proxies`. */
  databaseLinkLatencyMs: number;
  proxies: boolean;
  postgres: Record<string, string>;
}

export interface Address {
  host: string;
  port: number;
}

/** A long-lived part whose processes are sampled and, in chaos, broken. */
export interface Component {
  name: 'database' | 'pooler' | 'proxy' | 'service' | 'front' | 'load' | 'harness';
  instance: number;
  /** Cores and bytes it may use; headroom is a share of this. Null: shown, not judged. */
  budget: { cores: number; memoryBytes: number } | null;
  /**
   * Now: the pid of the root process (its descendants count too), or the container, with the pid of its root process
   * where the engine runs on this machine. Null while it is down.
   */
  usage():
    | { kind: 'processTree'; pid: number }
    | { kind: 'cgroup'; path: string }
    | { kind: 'container'; id: string; pid: number | null }
    | null;
  /** Where its log goes, if it has one. */
  logFile: string | null;
  /** Where this run's lines begin, in a log that was there before it. */
  logStartBytes?: number;
  /** Send a signal to the root process (KILL also takes its children where the part has any). */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Start it again after a kill; resolves when it serves. Rejects with the limit it waited. */
  start(): Promise<void>;
}

export interface ToxiproxyLink {
  /** Name of the proxy in Toxiproxy. */
  proxy: 'service-pooler' | 'pooler-database' | 'service-database';
  listen: Address;
  upstream: Address;
}

/** A part of the service in a container; like a process of it on the local stack. */
export interface ContainerService extends AsyncDisposable {
  readonly component: Component;
  ready(): Promise<boolean>;
  /** SIGTERM, then after a limit SIGKILL; stays down until `start`. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export interface ContainerServiceOptions {
  component: Component['name'];
  instance: number;
  /** For people: "replica 0". */
  title: string;
  budget: Component['budget'];
  logFile: string;
  ready(): Promise<boolean>;
  readyLimitMs: number;
  supervise: boolean;
  log: (line: string) => void;
}

/** Where the stack runs in containers: how the service runs beside it, and how they reach each other. */
export interface ContainerHost {
  /** Address on which servers inside must listen. */
  readonly listenHost: string;
  /** Host name by which containers reach that service. */
  nameOf(service: string): string;
  /** As `StartedStack.serviceUrl`, as a container dials it. */
  serviceUrl(route: 'pooler' | 'direct', role: 'app' | 'listen'): string;
  /** A URL on this machine's loopback as a container reaches it. */
  outward(url: string): Promise<string>;
  /** Makes containers of services in docker-compose.yml with these variables, without starting them. */
  create(
    services: readonly string[],
    options: { variables: Record<string, string>; overlay: string | null },
  ): Promise<ContainerGroup>;
}

export interface ContainerGroup {
  service(name: string, options: ContainerServiceOptions): ContainerService;
  /** Makes those anew whose variables changed; they must be down. */
  apply(services: readonly string[], variables: Record<string, string>): Promise<void>;
}

/** A service of the user's own that runs already: nothing of it is started, stopped or changed. */
export interface RunningService {
  /** Base URL; empty where none was given. */
  readonly url: string;
  readonly components: readonly Component[];
}

export interface StartedStack extends AsyncDisposable {
  readonly provider: 'local' | 'compose' | 'external';
  readonly spec: StackSpec;
  readonly versions: Record<string, string>;
  /** Effective settings as the servers report them. No secrets. */
  readonly settings: Record<string, string | number | boolean>;
  readonly database: Address & { name: string };
  /** Direct URL of a role: `owner` (superuser), `app` (limited), `listen`, `probe` (pg_monitor). Holds the password. */
  databaseUrl(role: 'owner' | 'app' | 'listen' | 'probe'): string;
  /** What the service dials, through proxies where there are any. */
  serviceUrl(route: 'pooler' | 'direct', role: 'app' | 'listen'): string;
  readonly poolers: readonly (Address & { adminUrl: string; logFile: string | null })[];
  readonly toxiproxy: { apiUrl: string; links: readonly ToxiproxyLink[] } | null;
  readonly components: readonly Component[];
  /** Set by a stack in containers: the reference service then runs in containers too. */
  readonly containers?: ContainerHost;
  /** Set by an external stack: its service is there, and nothing is written to its database. */
  readonly runningService?: RunningService;
  /** What the probes cannot see for want of a right; null or absent where they see everything. */
  readonly hidden?: string | null;
  readonly logsFolder: string;
}
