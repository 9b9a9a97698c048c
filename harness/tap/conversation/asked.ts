/** What a client has sent and the server has not answered yet. */
import { fromClient } from '../protocol/messages.ts';
import { NotUnderstood } from '../protocol/reader.ts';
import type { StatementTraces } from './sql.ts';

export interface Asked {
  readonly type: number;
  /** Of a Parse or Close: the prepared statement. Empty where it has no name. */
  readonly name: string;
  /** What its statements leave in the session once they are done: those that leave something, in their order. */
  readonly traces: readonly StatementTraces[];
  readonly fingerprint: string | null;
}

/** More than any client sends without reading an answer; beyond it this is no conversation. */
const mostAsked = 100_000;

const plainAsked = new Map(
  Object.values(fromClient).map((type): [number, Asked] => [type, { type, name: '', traces: [], fingerprint: null }]),
);

/** A message of which nothing but its type matters. */
export const plain = (type: number): Asked => plainAsked.get(type)!;

/** So many places that are over may stay in the list. */
const mostKept = 1000;

/** The end of COPY data. Nobody answers it: it stands in the list where the server may not have asked for data yet. */
const endsCopy = ({ type }: Asked): boolean => type === fromClient.copyDone || type === fromClient.copyFail;

export class AskedQueue {
  #asked: Asked[] = [];
  #first = 0;
  /** What lies from here on is over: places are used again, since to shorten the list each time costs more. */
  #end = 0;
  /** After an error the server passes over all that comes, up to a Sync that has not come yet. */
  #awaitsSync = false;

  get size(): number {
    return this.head === undefined ? 0 : this.#end - this.#first;
  }

  get head(): Asked | undefined {
    // Nothing before it asks for data: the server passes over the end of a COPY that is none.
    while (this.#first < this.#end && endsCopy(this.#asked[this.#first]!)) this.#first += 1;
    return this.#first === this.#end ? undefined : this.#asked[this.#first];
  }

  push(asked: Asked): void {
    if (this.#awaitsSync && asked.type !== fromClient.sync) return;
    this.#awaitsSync = false;
    if (this.#end - this.#first >= mostAsked)
      throw new NotUnderstood('more messages than any client sends without an answer');
    this.#asked[this.#end] = asked;
    this.#end += 1;
  }

  /** The one that is answered, which must be one of these types. */
  answered(first: number, second = first, third = first): Asked {
    const { head } = this;
    if (head === undefined || (head.type !== first && head.type !== second && head.type !== third))
      throw new NotUnderstood('an answer to what nobody asked');
    this.#first += 1;
    if (this.#first === this.#end) this.#clear();
    else if (this.#first > Math.max(mostKept, this.size)) this.#keep(this.#asked.slice(this.#first, this.#end));
    return head;
  }

  /** After an error the server passes over all up to the next Sync. */
  dropToSync(): void {
    while (this.head !== undefined && this.head.type !== fromClient.sync) this.answered(this.head.type);
    this.#awaitsSync = this.head === undefined;
  }

  /** The server asks for COPY data, and passes over every Sync up to its end. True: that end has been sent already. */
  beginCopy(): boolean {
    const asked = this.#asked.slice(this.#first, this.#end);
    const end = asked.findIndex(endsCopy);
    const within = end < 0 ? asked : asked.slice(0, end);
    const after = end < 0 ? [] : asked.slice(end + 1);
    this.#keep([...within.filter(({ type }) => type !== fromClient.sync), ...after]);
    return end >= 0;
  }

  #keep(asked: Asked[]): void {
    this.#asked = asked;
    this.#first = 0;
    this.#end = asked.length;
  }

  #clear(): void {
    if (this.#asked.length > mostKept) this.#asked = [];
    this.#first = 0;
    this.#end = 0;
  }
}
