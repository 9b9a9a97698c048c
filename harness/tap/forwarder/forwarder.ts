/**
 * Passes pairs of plain connections on in a process of its own (harness/tools/go/forwarder), at half the CPU that Node
 * takes for it, and tells what each side said some 50 ms later, with the time at which it passed.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { processStat, residentBytes, ticksPerSecond } from '../../system/proc.ts';
import { detach, isPlain } from '../proxy/detach.ts';
import { RecordReader, recordKinds, type Head } from './records.ts';

/** What is done with what one side of a pair says. */
export interface Heard {
  /** Must not throw, and must keep nothing of the chunk. `atMs`: when it passed, on the clock of `performance.now`. */
  onChunk: (chunk: Buffer, atMs: number) => void;
  /** It said its last, in order or not. */
  onEnd: (atMs: number) => void;
}

interface Carried {
  client: Socket;
  server: Socket;
  /** What the client has said and nobody has heard. */
  first: Buffer;
  fromClient: Heard;
  fromServer: Heard;
  /** From here on what the two say is not told. */
  onUntold: (atMs: number) => void;
  /** Each answer is held back for so long, for the link's latency. */
  roundTripMs: number;
}

interface Usage {
  cpuSeconds: number;
  memoryBytes: number;
}

export interface Forwarder extends AsyncDisposable {
  readonly pid: number;
  /** False where the two are no plain connections: then nothing has changed. */
  carry(pair: Carried): boolean;
  /** Resolves once all that passed before now was told, with the time up to which. */
  caughtUp(): Promise<number>;
  usage(): Usage;
}

/** It waits in its own loop, so that Go's scheduler has nothing to do but to get in the way (main.go). */
const environment = { ...process.env, GOMAXPROCS: '1', GODEBUG: 'asyncpreemptoff=1' };

/** `performance.now` less the clock that the forwarder reads. */
const clockOffsetMs = (): number => performance.now() - Number(process.hrtime.bigint()) / 1e6;

class Forwarding implements Forwarder {
  readonly #child: ChildProcess;
  readonly #offsetMs = clockOffsetMs();
  readonly #pairs = new Map<number, Carried>();
  readonly #questions = new Map<number, (atMs: number) => void>();
  #last = 0;
  #isOver = false;

  constructor(child: ChildProcess, onLost: () => void) {
    this.#child = child;
    const reader = new RecordReader((head, said) => this.#take(head, said));
    child.stdout!.on('data', (chunk: Buffer) => reader.push(chunk));
    child.once('exit', () => {
      for (const answer of this.#questions.values()) answer(performance.now());
      if (!this.#isOver) onLost();
      this.#isOver = true;
    });
    // Sending to one that has just ended fails here, too; its end tells.
    child.on('error', () => undefined);
  }

  carry(pair: Carried): boolean {
    const { client, server, first, roundTripMs } = pair;
    if (this.#isOver || !isPlain(client) || !isPlain(server)) return false;
    const id = this.#number();
    this.#pairs.set(id, pair);
    for (const [side, socket, before] of [
      ['client', client, first],
      ['server', server, null],
    ] as const) {
      const { socket: detached, unread } = detach(socket);
      const heardLater = [before, unread].filter((bytes) => bytes !== null);
      const bytes = Buffer.concat(heardLater).toString('base64');
      this.#child.send({ pair: id, side, unread: bytes, roundTripMs }, detached);
    }
    return true;
  }

  caughtUp(): Promise<number> {
    if (this.#isOver) return Promise.resolve(performance.now());
    const id = this.#number();
    return new Promise((resolve) => {
      this.#questions.set(id, resolve);
      this.#child.send({ flush: id });
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  usage(): Usage {
    const cpuTicks = processStat(this.pid)?.cpuTicks ?? 0;
    return { cpuSeconds: cpuTicks / ticksPerSecond, memoryBytes: residentBytes(this.pid) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  #number(): number {
    this.#last = (this.#last + 1) % 2 ** 32;
    return this.#last;
  }

  #take({ pair: id, kind, atMs: onItsClockMs }: Head, said: Buffer): void {
    const atMs = onItsClockMs + this.#offsetMs;
    if (kind === recordKinds.caughtUp) {
      this.#questions.get(id)?.(atMs);
      this.#questions.delete(id);
      return;
    }
    const pair = this.#pairs.get(id);
    if (pair === undefined) return;
    switch (kind) {
      case recordKinds.clientSaid:
        return pair.fromClient.onChunk(said, atMs);
      case recordKinds.serverSaid:
        return pair.fromServer.onChunk(said, atMs);
      case recordKinds.clientEnded:
        return pair.fromClient.onEnd(atMs);
      case recordKinds.serverEnded:
        return pair.fromServer.onEnd(atMs);
      case recordKinds.untold:
        return pair.onUntold(atMs);
      default:
        this.#pairs.delete(id);
    }
  }
}

/** `onLost`: it ended, and nobody here ended it; all its connections went with it. */
export const startForwarder = async (file: string, onLost: () => void): Promise<Forwarder> => {
  const child = spawn(file, [], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], env: environment });
  await once(child, 'spawn');
  return new Forwarding(child, onLost);
};
