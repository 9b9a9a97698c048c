/** In which state a connection is, since when, and for how long it is in use. */
import type { ConnectionState } from '../figures/figures.ts';
import type { Counted, Group } from '../figures/group.ts';
import type { PreparedStatements } from './prepared.ts';

export class Use implements Counted {
  state: ConnectionState = 'starting';
  stateSinceMs: number;
  heldSinceMs: number | null = null;
  readonly #group: Group;
  readonly #prepared: PreparedStatements;
  readonly #openedMs: number;
  #inTransaction = false;
  #over = false;

  constructor(group: Group, prepared: PreparedStatements, openedMs: number) {
    this.#group = group;
    this.#prepared = prepared;
    this.#openedMs = openedMs;
    this.stateSinceMs = openedMs;
    group.open(this);
  }

  get preparedNames(): number {
    return this.#prepared.names;
  }

  /** The server is ready for the first time. */
  logIn(isAsked: boolean, nowMs: number): void {
    this.#group.loginSeconds.record((nowMs - this.#openedMs) / 1000);
    this.#turn('idle', nowMs);
    if (isAsked) this.ask(nowMs);
  }

  /** The client sent something that wants an answer. */
  ask(nowMs: number): void {
    if (this.state === 'idle') this.#acquire(nowMs);
    else if (this.state === 'idle in transaction') {
      this.#group.gapSeconds.record((nowMs - this.stateSinceMs) / 1000);
      this.#turn('active', nowMs);
    }
  }

  beginTransaction(): void {
    this.#inTransaction = true;
  }

  /** The server is ready again. `goesOn`: more was asked meanwhile. */
  ready(inTransaction: boolean, goesOn: boolean, nowMs: number): void {
    if (inTransaction) this.#inTransaction = true;
    else this.#release(nowMs);
    if (goesOn) this.ask(nowMs);
    else if (inTransaction) this.#turn('idle in transaction', nowMs);
  }

  /** `side`: who ended it without a word, null after a Terminate. */
  end(side: 'client' | 'server' | null, nowMs: number): void {
    if (this.#over) return;
    const amidst = this.state === 'active' || this.state === 'idle in transaction';
    if (amidst && side !== null) this.#group.vanish(side, this.state);
    if (this.state === 'starting') this.#group.loginsFailed += 1;
    this.#leave(nowMs - this.#openedMs, nowMs);
  }

  /** It goes on, unread. */
  forget(nowMs: number): void {
    if (!this.#over) this.#leave(null, nowMs);
  }

  #leave(lifeMs: number | null, nowMs: number): void {
    this.#over = true;
    this.#turn(this.state, nowMs);
    this.#group.close(this, lifeMs);
  }

  #acquire(nowMs: number): void {
    this.heldSinceMs = nowMs;
    this.#inTransaction = false;
    this.#group.acquire(nowMs);
    this.#turn('active', nowMs);
  }

  #release(nowMs: number): void {
    this.#group.release(nowMs - (this.heldSinceMs ?? nowMs), this.#inTransaction);
    this.heldSinceMs = null;
    this.#turn('idle', nowMs);
  }

  #turn(state: ConnectionState, nowMs: number): void {
    this.#group.spent(this.state, nowMs - this.stateSinceMs);
    this.state = state;
    this.stateSinceMs = nowMs;
  }
}
