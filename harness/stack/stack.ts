/**
 * The stack a scenario runs on: Postgres, a pooler, and Toxiproxy where links must be broken or slowed.
 * Three providers give the same `StartedStack`: local (processes), compose (containers), external (yours).
 */
import type { OwnStackParts } from '../config/own-stack.ts';
import type { Address } from '../servers/address.ts';
import type { PoolerProduct } from '../servers/pooler-products.ts';
import type { PoolerSpec } from '../servers/pooler.ts';
import type { HopProxies } from '../servers/toxiproxy/hops.ts';
import type { RoleLimits, RoleName } from './roles.ts';

export interface StackSpec {
  maxConnections: number;
  roles: RoleLimits;
  poolerProduct: PoolerProduct;
  /** How many poolers of that product. */
  poolers: number;
  /** Of each pooler. */
  pooler: PoolerSpec;
  /** Stated round trip from the service to what it dials: the pooler, or on the direct route the database. */
  linkMs: number;
  /** Of the database's own link, which the poolers dial too. */
  databaseLinkLatencyMs: number;
  /** Idle sessions that other tenants of the cluster hold. */
  neighbourSessions: number;
  /** Toxiproxy on each hop, so that faults can act there. */
  proxies: boolean;
  /** A tap on each hop (`--tap`), before its proxy where it has one. */
  tap: boolean;
  postgres: Record<string, string>;
  partner: PartnerSpec;
  /** A team's own stack: what fills its database, and lines of its pgbouncer.ini. It has no partner and no budgets. */
  own?: OwnStackParts;
}

/** How the server behaves that stands for the sites which the service crawls: see `service/partner/site.ts`. */
export interface PartnerSpec {
  crawlMs: number;
  forbiddenShare: number;
  failingShare: number;
  stalledShare: number;
  linksPerPage: number;
}

/** A long-lived part whose processes are sampled and, in chaos, broken. */
/** A process or container that ended by itself. */
export interface Exit {
  atEpochMs: number;
  /** Its signal or exit code, in words. */
  how: string;
}

export interface Component {
  name: 'database' | 'pooler' | 'proxy' | 'partner' | 'service' | 'front' | 'load' | 'harness';
  instance: number;
  /** Cores and bytes it may use; headroom is a share of this. Null: shown, not judged. */
  budget: { cores: number; memoryBytes: number } | null;
  /**
   * Now: the pid of the root process (its descendants count too, and others that left it), or the container, with the
   * pid of its root process where the engine runs on this machine. Null while it is down. `cpuOnly`: what memory it
   * takes is nobody's business here.
   */
  usage():
    | { kind: 'processTree'; pid: number; others?: readonly number[]; cpuOnly?: true }
    | { kind: 'cgroup'; path: string }
    | { kind: 'container'; id: string; pid: number | null }
    | null;
  /** Where its log goes, if it has one. */
  logFile: string | null;
  /** Where this run's lines begin, in a log that was there before it. */
  logStartBytes?: number;
  /** Ends that the harness did not cause, as who supervises it saw them; absent where nobody does. */
  exits?(): readonly Exit[];
  /** Send a signal to the root process (KILL also takes its children where the part has any). */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Start it again after a kill; resolves when it serves. Rejects with the limit it waited. */
  start(): Promise<void>;
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
  serviceUrl(route: 'pooler' | 'direct', role: 'app' | 'listen' | 'batch', replica?: number): string;
  /** A URL on this machine's loopback as a container reaches it. */
  outward(url: string): Promise<string>;
  /** Makes containers of services in docker-compose.yml with these variables, without starting them. */
  create(
    services: readonly string[],
    options: { variables: Record<string, string>; overlay: string | null },
  ): Promise<ContainerGroup>;
}

interface ContainerGroup {
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

export interface StackPooler extends Address {
  product: PoolerProduct;
  /** The admin console's, with the password. */
  adminUrl: string;
  logFile: string | null;
}

export interface StartedStack extends AsyncDisposable {
  readonly provider: 'local' | 'compose' | 'external';
  readonly spec: StackSpec;
  readonly versions: Record<string, string>;
  /** Effective settings as the servers report them. No secrets. */
  readonly settings: Record<string, string | number | boolean>;
  readonly database: Address & { name: string };
  /**
   * Direct URL of a role: `owner` (superuser), `app` (limited), `listen`, `batch`, `probe` (pg_monitor). Holds the
   * password.
   */
  databaseUrl(role: RoleName): string;
  /** What a replica (default: the first) dials, through proxies where there are any: several poolers are shared out. */
  serviceUrl(route: 'pooler' | 'direct', role: 'app' | 'listen' | 'batch', replica?: number): string;
  readonly poolers: readonly StackPooler[];
  readonly toxiproxy: { apiUrl: string; proxies: HopProxies } | null;
  /** Where the taps on its links give their figures, and on which hop; null: it is somebody else's, and says itself. */
  readonly taps?: readonly { url: string; hop: string | null }[];
  /** Base URLs of the partner, as this process and as the service dial it; null where the service is not ours. */
  readonly partner: { url: string; serviceUrl: string } | null;
  readonly components: readonly Component[];
  /** Set by a stack in containers: the reference service then runs in containers too. */
  readonly containers?: ContainerHost;
  /** Set by an external stack: its service is there, and nothing is written to its database. */
  readonly runningService?: RunningService;
  /** What was asked of the stack and is not in force on it, in words. */
  readonly notInForce?: readonly string[];
  /** What the probes cannot see for want of a right; null or absent where they see everything. */
  readonly hidden?: string | null;
  readonly logsFolder: string;
}
