/**
 * What the harness needs of a connection pooler, whichever product it is. A product has a folder beside this file and a
 * line in `pooler-products.ts`; CONTRIBUTING.md ("Add a pooler") names all that belongs to one.
 */
import type { PoolerSettings } from '../../scenarios/lib/pooler-settings.ts';
import type { EventReading } from '../measure/logs/event-error.ts';
import type { LogEvent } from '../measure/logs/log-event.ts';
import type { Address } from './address.ts';

type Values<Settings> = { [Name in keyof Settings]?: NonNullable<Settings[Name]> };

/** What a pooler of the stack is started with. What has no value here is the product's own default. */
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

/** The clients and server connections of one database of the service, with the pools of its users added up. */
export interface PoolerPool {
  database: string;
  clients: Readonly<Record<'active' | 'waiting' | 'cancelling', number>>;
  servers: Readonly<Record<'active' | 'idle' | 'used' | 'tested' | 'login' | 'cancelling', number>>;
  /** How long the client that waits for longest has waited so far. */
  longestWaitSeconds: number;
}

/** Counted since the pooler started, over all databases of the service. */
export interface PoolerTotals {
  transactions: number;
  queries: number;
  transactionSeconds: number;
  querySeconds: number;
  /** All that clients waited for a server connection. */
  waitSeconds: number;
  /** Bytes that came from clients and went on to servers. */
  fromClientsBytes: number;
  /** Bytes that came from servers and went on to clients. */
  fromServersBytes: number;
}

export interface PoolerDatabase {
  name: string;
  paused: boolean;
  disabled: boolean;
  /** Its own, where it does not have the pooler's. */
  mode: string | null;
  /** Server connections of each of its pools; null: not told. */
  poolSize: number | null;
}

/** One command to the console: the rows of its answer. */
export type ConsoleQuery = (command: string) => Promise<Record<string, unknown>[]>;

/** The admin console of one running pooler. Its own database is in none of the answers. */
export interface PoolerConsole {
  /** The version in the pooler's own words: "PgBouncer 1.25.1". */
  version(): Promise<string>;
  /** Settings in force that are worth printing beside a result; keys begin with the product's name. */
  settings(): Promise<Record<string, string>>;
  pools(): Promise<PoolerPool[]>;
  totals(): Promise<PoolerTotals>;
  databases(): Promise<PoolerDatabase[]>;
  /** Clients of the database wait from now on. Answers once the transactions under way have ended. */
  pause(database: string): Promise<void>;
  resume(database: string): Promise<void>;
  /** Server connections are closed as soon as they are free, and opened anew; of all databases if none is named. */
  reconnect(database?: string): Promise<void>;
}

/** How to end a pooler of a version. */
export interface PoolerSignals {
  /** Work under way may end before. */
  orderly: NodeJS.Signals;
  /** Ends the pooler at once. */
  immediate: NodeJS.Signals;
}

export interface Pooler {
  /** For people: "PgBouncer". */
  readonly title: string;
  /** The user that may give every command on the console. */
  readonly adminUser: string;
  /** Where that user reaches the console of a pooler that listens there. */
  adminUrl(address: Address, password: string): string;
  /** Lines of its configuration, by the product's own names. */
  configuration(spec: PoolerSpec): Record<string, string>;
  console(query: ConsoleQuery): PoolerConsole;
  /** `version` as the tool or the console says it. */
  signals(version: string): PoolerSignals;
  /** What an event of its log means; words that are not known are an error too, of the family `other`. */
  readLogEvent(event: LogEvent): EventReading;
  /** Whether a client left in the midst, which the pooler may log as no error. */
  isClientGone(event: LogEvent): boolean;
}
