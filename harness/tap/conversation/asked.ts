/** What a client has sent and the server has not answered yet. */
import { fromClient } from '../protocol/messages.ts';
import { NotUnderstood } from '../protocol/reader.ts';
import type { SessionTrace } from './sql.ts';

export interface Asked {
  readonly type: number;
  /** Of a Parse or Close: the prepared statement. Empty where it has no name. */
  readonly name: string;
  /** What the statement leaves in the session once it is done. */
  readonly traces: readonly SessionTrace[];
  readonly fingerprint: string | null;
}

/** More than any client sends without reading an answer; beyond it this is no conversation. */
const mostAsked = 100_000;

const plainAsked = new Map(
  Object.values(fromClient).map((type): [number, Asked] => [type, { type, name: '', traces: [], fingerprint: null }]),
);

/** A message of which nothing but its type matters. */
export const plain = (type: number): Asked => plainAsked.get(type)!;

export class AskedQueue {
  #asked: Asked[] = [];
  #first = 0;

  get size(): number {
    return this.#asked.length - this.#first;
  }

  get head(): Asked | undefined {
    return this.#asked[this.#first];
  }

  push(asked: Asked): void {
    if (this.size >= mostAsked) throw new NotUnderstood('more messages than any client sends without an answer');
    this.#asked.push(asked);
  }

  /** The one that is answered, which must be one of these types. */
  answered(first: number, second = first, third = first): Asked {
    const { head } = this;
    if (head === undefined || (head.type !== first && head.type !== second && head.type !== third))
      throw new NotUnderstood('an answer to what nobody asked');
    this.#first += 1;
    if (this.#first === this.#asked.length) this.#clear();
    return head;
  }

  /** After an error the server passes over all up to the next Sync. */
  dropToSync(): void {
    while (this.head !== undefined && this.head.type !== fromClient.sync) this.answered(this.head.type);
  }

  /** While it takes COPY data the server passes over every Sync. */
  dropSyncs(): void {
    const rest = this.#asked.slice(this.#first).filter(({ type }) => type !== fromClient.sync);
    this.#asked = rest;
    this.#first = 0;
  }

  #clear(): void {
    this.#asked.length = 0;
    this.#first = 0;
  }
}
