/** One connection as its messages tell it: when it logs in, is in use, works, waits inside a transaction, and fails. */
import type { Group } from '../figures/group.ts';
import type { Meter } from '../figures/meter.ts';
import { afterText, errorFields, textAt } from '../protocol/fields.ts';
import { fromClient, fromServer } from '../protocol/messages.ts';
import { MessageReader, NotUnderstood } from '../protocol/reader.ts';
import { AskedQueue, plain, type Asked } from './asked.ts';
import { failedKind, fetchedKind, functionKind, kindAt } from './kinds.ts';
import { PreparedStatements } from './prepared.ts';
import { fingerprintOf, sessionTracesOf } from './sql.ts';
import { TracesLeft } from './traces-left.ts';
import { Use } from './use.ts';

const all = (types: Readonly<Record<string, number>>): number[] => Object.values(types);
const statementLetter = 'S'.charCodeAt(0);
/** What begins a statement stands at its start. */
const lookedAtCharacters = 4096;

export class Conversation {
  readonly #meter: Meter;
  readonly #group: Group;
  readonly #use: Use;
  readonly #client: MessageReader;
  readonly #server: MessageReader;
  readonly #asked = new AskedQueue();
  readonly #prepared = new PreparedStatements();
  readonly #traces = new TracesLeft();
  #nowMs: number;
  #statementSinceMs: number | null = null;
  #takesCopy = false;
  #saidGoodbye = false;

  /** `openedMs`: when the client connected. */
  constructor(meter: Meter, group: Group, openedMs: number) {
    this.#meter = meter;
    this.#group = group;
    this.#use = new Use(group, this.#prepared, openedMs);
    this.#nowMs = openedMs;
    const { query, parse, bind, close } = fromClient;
    this.#client = new MessageReader({
      known: all(fromClient),
      looked: [query, parse, bind, close],
      take: (type, body, start, end) => this.#fromClient(type, body, start, end),
    });
    const { error, readyForQuery, commandComplete } = fromServer;
    this.#server = new MessageReader({
      known: all(fromServer),
      looked: [error, readyForQuery, commandComplete],
      take: (type, body, start, end) => this.#fromServer(type, body, start, end),
    });
  }

  /** Both throw `NotUnderstood`; from there on the connection is to be forgotten. */
  readClient(chunk: Buffer, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#client.read(chunk);
  }

  readServer(chunk: Buffer, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#server.read(chunk);
  }

  /** One of the two sides ended the connection; the first one that did is told. */
  ended(side: 'client' | 'server', nowMs: number): void {
    this.#use.end(this.#saidGoodbye ? null : side, nowMs);
  }

  /** It goes on, unread. */
  forget(nowMs: number): void {
    this.#use.forget(nowMs);
  }

  #fromClient(type: number, body: Buffer, start: number, end: number): void {
    if (this.#takesCopy) return this.#duringCopy(type);
    switch (type) {
      case fromClient.query:
        return this.#ask({ type, name: '', ...this.#textOf(body, start, end) });
      case fromClient.parse:
        return this.#parse(body, start, end);
      case fromClient.bind:
        this.#prepared.bind(() => textAt(body, afterText(body, start, end), end));
        return this.#ask(plain(type));
      case fromClient.execute:
        return this.#ask(this.#prepared.execute());
      case fromClient.close:
        return this.#ask(this.#closeOf(body, start, end));
      case fromClient.describe:
      case fromClient.functionCall:
        return this.#ask(plain(type));
      case fromClient.sync:
        return this.#ask(plain(type));
      case fromClient.copyDone:
      case fromClient.copyFail:
        // Some clients send their data before they are asked for it.
        return this.#asked.size === 0 ? undefined : this.#asked.push(plain(type));
      case fromClient.terminate:
        this.#saidGoodbye = true;
        return undefined;
      default:
        return undefined;
    }
  }

  /** Data, Flush and Sync leave a COPY as it is. Anything else ends it, even what has no place there. */
  #duringCopy(type: number): void {
    const { copyData, flush, sync, terminate } = fromClient;
    if (type === terminate) this.#saidGoodbye = true;
    this.#takesCopy = type === copyData || type === flush || type === sync;
  }

  #textOf(body: Buffer, start: number, end: number): Pick<Asked, 'traces' | 'fingerprint'> {
    const text = textAt(body, start, Math.min(end, start + lookedAtCharacters));
    return { traces: sessionTracesOf(text), fingerprint: this.#meter.fingerprints ? fingerprintOf(text) : null };
  }

  #parse(body: Buffer, start: number, end: number): void {
    const name = textAt(body, start, end);
    this.#prepared.parse(name, this.#textOf(body, afterText(body, start, end), end));
    this.#ask(name === '' ? plain(fromClient.parse) : { ...plain(fromClient.parse), name });
  }

  #closeOf(body: Buffer, start: number, end: number): Asked {
    const name = body[start] === statementLetter ? textAt(body, start + 1, end) : '';
    return { ...plain(fromClient.close), name };
  }

  #ask(asked: Asked): void {
    this.#asked.push(asked);
    this.#statementSinceMs ??= this.#nowMs;
    this.#use.ask(this.#nowMs);
  }

  #fromServer(type: number, body: Buffer, start: number, end: number): void {
    if (this.#use.state === 'starting') return this.#whileStarting(type, body, start, end);
    switch (type) {
      case fromServer.dataRow:
        return undefined;
      case fromServer.parseComplete:
        return this.#parsed(this.#asked.answered(fromClient.parse).name);
      case fromServer.bindComplete:
        return this.#answered(fromClient.bind);
      case fromServer.closeComplete:
        return this.#prepared.closed(this.#asked.answered(fromClient.close).name);
      case fromServer.noData:
      case fromServer.rowDescription:
        return this.#asked.head?.type === fromClient.describe ? this.#answered(fromClient.describe) : undefined;
      case fromServer.commandComplete:
        return this.#complete(kindAt(body, start, end));
      case fromServer.emptyQuery:
        return this.#complete('empty');
      case fromServer.portalSuspended:
        return this.#complete(fetchedKind);
      case fromServer.functionResult:
        return this.#recordStatement(functionKind, this.#asked.head);
      case fromServer.copyIn:
        this.#takesCopy = !this.#asked.beginCopy();
        return undefined;
      case fromServer.copyBoth:
        throw new NotUnderstood('replication');
      case fromServer.error:
        return this.#failed(body, start, end);
      case fromServer.readyForQuery:
        return this.#ready(end - start === 1 ? body[start] : undefined);
      default:
        return undefined;
    }
  }

  #whileStarting(type: number, body: Buffer, start: number, end: number): void {
    if (type === fromServer.error) this.#group.error(errorFields(body, start, end));
    if (type !== fromServer.readyForQuery) return;
    this.#use.logIn(this.#asked.size > 0, this.#nowMs);
  }

  #answered(type: number): void {
    this.#asked.answered(type);
    // After a Flush all may be answered and the client think: its next message begins a statement.
    if (this.#asked.size === 0) this.#statementSinceMs = null;
  }

  #parsed(name: string): void {
    this.#prepared.parsed(name);
    if (name !== '') this.#group.sessionState.add('prepared name');
    if (this.#asked.size === 0) this.#statementSinceMs = null;
  }

  #complete(kind: string): void {
    const { head } = this.#asked;
    if (head?.type === fromClient.execute) this.#asked.answered(fromClient.execute);
    else if (head?.type !== fromClient.query) throw new NotUnderstood('an answer to what nobody asked');
    this.#recordStatement(kind, head);
    if (kind === 'BEGIN' || kind === 'START TRANSACTION') this.#use.beginTransaction();
    if (kind === 'DISCARD ALL' || kind === 'DEALLOCATE ALL') this.#prepared.discard();
    for (const name of this.#traces.leftBy(head, kind)) this.#group.sessionState.add(name);
  }

  #recordStatement(kind: string, asked: Asked | undefined): void {
    const seconds = (this.#nowMs - (this.#statementSinceMs ?? this.#nowMs)) / 1000;
    this.#group.statement(kind, seconds);
    if (typeof asked?.fingerprint === 'string') this.#meter.statement(asked.fingerprint, seconds);
    const next = this.#asked.head?.type;
    this.#statementSinceMs = next === undefined || next === fromClient.sync ? null : this.#nowMs;
  }

  #failed(body: Buffer, start: number, end: number): void {
    const { head } = this.#asked;
    this.#takesCopy = false;
    this.#group.error(errorFields(body, start, end));
    // Nobody asked: the server ends the connection.
    if (head === undefined) return;
    if (head.type !== fromClient.query && head.type !== fromClient.functionCall) this.#asked.dropToSync();
    this.#recordStatement(failedKind, head);
  }

  #ready(status: number | undefined): void {
    if (status === undefined || !transactionStates.includes(status))
      throw new NotUnderstood('a server that is ready in no state there is');
    this.#takesCopy = false;
    const { query, functionCall, sync } = fromClient;
    this.#asked.answered(query, functionCall, sync);
    const goesOn = this.#asked.size > 0;
    this.#statementSinceMs = goesOn ? this.#nowMs : null;
    this.#use.ready(status !== outsideTransaction, goesOn, this.#nowMs);
  }
}

const outsideTransaction = 'I'.charCodeAt(0);
/** Outside, inside, inside one that failed. */
const transactionStates = [...'ITE'].map((letter) => letter.charCodeAt(0));
