/** What all connections of one role, database and application name do. */
import { classifyError } from '../../measure/errors/classify.ts';
import type { ErrorFields } from '../protocol/fields.ts';
import { Counts } from './counts.ts';
import { connectionStates, type ConnectionState, type ErrorCount, type GroupFigures } from './figures.ts';
import { BurstMeter, RecentPeak } from './peaks.ts';
import { TimeHistogram } from './time-histogram.ts';

/** Who connects. */
export interface Client {
  user: string;
  database: string;
  application: string;
}

/** What the group asks of each of its connections when it is read. */
export interface Counted {
  readonly state: ConnectionState;
  readonly stateSinceMs: number;
  readonly heldSinceMs: number | null;
  readonly preparedNames: number;
}

const mostErrors = 300;
const mostKinds = 60;
const mostNames = 20;

const byState = (valueOf: (state: ConnectionState) => number): Record<ConnectionState, number> =>
  Object.fromEntries(connectionStates.map((state) => [state, valueOf(state)])) as Record<ConnectionState, number>;

export class Group {
  readonly client: Client;
  readonly connections = new Set<Counted>();
  readonly #stateMs = byState(() => 0);
  #opened = 0;
  #closed = 0;
  loginsFailed = 0;
  readonly loginSeconds = new TimeHistogram();
  readonly #lifeSeconds = new TimeHistogram();
  #acquisitions = 0;
  #used = 0;
  readonly #usedPeak = new RecentPeak(1000);
  readonly #burst = new BurstMeter();
  readonly #holds = { transaction: new TimeHistogram(), single: new TimeHistogram() };
  readonly gapSeconds = new TimeHistogram();
  readonly #statements = new Map<string, TimeHistogram>();
  readonly #errors = new Map<string, ErrorCount>();
  readonly #vanished = new Map<string, GroupFigures['vanished'][number]>();
  readonly sessionState = new Counts(mostNames);

  constructor(client: Client) {
    this.client = client;
  }

  open(connection: Counted): void {
    this.connections.add(connection);
    this.#opened += 1;
  }

  /** `lifeMs` is null where the connection goes on, unread. */
  close(connection: Counted, lifeMs: number | null): void {
    if (!this.connections.delete(connection)) return;
    if (connection.heldSinceMs !== null) this.#used -= 1;
    if (lifeMs === null) return;
    this.#closed += 1;
    this.#lifeSeconds.record(lifeMs / 1000);
  }

  spent(state: ConnectionState, ms: number): void {
    this.#stateMs[state] += ms;
  }

  acquire(nowMs: number): void {
    this.#acquisitions += 1;
    this.#used += 1;
    this.#usedPeak.see(this.#used, nowMs);
    this.#burst.begin(nowMs);
  }

  release(heldMs: number, inTransaction: boolean): void {
    this.#used -= 1;
    this.#holds[inTransaction ? 'transaction' : 'single'].record(heldMs / 1000);
  }

  statement(kind: string, seconds: number): void {
    let histogram = this.#statements.get(kind);
    if (histogram === undefined) {
      const name = this.#statements.size < mostKinds ? kind : 'other';
      histogram = this.#statements.get(name) ?? new TimeHistogram();
      this.#statements.set(name, histogram);
    }
    histogram.record(seconds);
  }

  error({ sqlstate, severity, message }: ErrorFields): void {
    const { family } = classifyError(message, sqlstate);
    const key = `${sqlstate} ${family} ${severity}`;
    const known = this.#errors.get(key);
    if (known !== undefined) known.count += 1;
    else if (this.#errors.size < mostErrors) this.#errors.set(key, { sqlstate, family, severity, count: 1 });
    else this.#countFurtherError();
  }

  #countFurtherError(): void {
    const further = this.#errors.get('') ?? { sqlstate: 'other', family: 'other', severity: 'ERROR', count: 0 };
    this.#errors.set('', { ...further, count: further.count + 1 });
  }

  vanish(side: 'client' | 'server', state: ConnectionState): void {
    const key = `${side} ${state}`;
    const { count } = this.#vanished.get(key) ?? { count: 0 };
    this.#vanished.set(key, { side, state, count: count + 1 });
  }

  value(nowMs: number): GroupFigures {
    const connections = [...this.connections];
    const oldest = (times: readonly (number | null)[]): number =>
      times.reduce<number>((most, sinceMs) => Math.max(most, sinceMs === null ? 0 : nowMs - sinceMs), 0) / 1000;
    const inState = (state: ConnectionState): Counted[] => connections.filter((one) => one.state === state);
    const runningMs = (state: ConnectionState): number =>
      inState(state).reduce((total, { stateSinceMs }) => total + nowMs - stateSinceMs, 0);
    return {
      ...this.client,
      connections: byState((state) => inState(state).length),
      stateSeconds: byState((state) => (this.#stateMs[state] + runningMs(state)) / 1000),
      opened: this.#opened,
      closed: this.#closed,
      loginSeconds: this.loginSeconds.value(),
      loginsFailed: this.loginsFailed,
      lifeSeconds: this.#lifeSeconds.value(),
      acquisitions: this.#acquisitions,
      acquisitionBurst: this.#burst.value(nowMs),
      usedPeak: this.#usedPeak.value(nowMs, this.#used),
      holdSeconds: { transaction: this.#holds.transaction.value(), single: this.#holds.single.value() },
      gapSeconds: this.gapSeconds.value(),
      statementSeconds: Object.fromEntries([...this.#statements].map(([kind, times]) => [kind, times.value()])),
      oldestHoldSeconds: oldest(connections.map(({ heldSinceMs }) => heldSinceMs)),
      oldestIdleInTransactionSeconds: oldest(inState('idle in transaction').map(({ stateSinceMs }) => stateSinceMs)),
      errors: [...this.#errors.values()],
      vanished: [...this.#vanished.values()],
      sessionState: this.sessionState.value(),
      preparedNames: connections.reduce((total, { preparedNames }) => total + preparedNames, 0),
    };
  }
}
