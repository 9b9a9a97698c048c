/**
 * One long-lived process of the service: a replica or the front. Started, watched, started again when it dies by
 * itself.
 */
import { appendFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentError, messageOf } from '../errors.ts';
import type { Component, Exit } from '../stack/stack.ts';
import { linesSince } from '../system/log-tail.ts';
import { isAlive } from '../system/proc.ts';
import { crashTree, type OwnedProcess } from '../system/process.ts';
import { waitUntil } from '../system/wait.ts';

export interface ServiceProcessOptions {
  component: Extract<Component['name'], 'service' | 'front'>;
  instance: number;
  /** For people: "replica 0". */
  title: string;
  budget: Component['budget'];
  logFile: string;
  /** True once it serves; of a process that has just been started also what it has logged since that byte counts. */
  isReady(owned: OwnedProcess | null, logStart: number): Promise<boolean>;
  readyLimitMs: number;
  spawn(): OwnedProcess;
  /** How it is ended and signalled; absent: it is one process that minds its own. */
  asTree?: {
    stop(): Promise<void>;
    crash(): Promise<void>;
    signal(signal: NodeJS.Signals): Promise<void>;
    /** Pids of processes that are its own and below nobody of it any more. */
    others(): readonly number[];
  };
  /** Its last words where it does not start; absent: the log's own ERROR. */
  complaint?(logFile: string, fromByte: number): string;
  /** Why it may not be ready though it runs, for people. */
  hint?(owned: OwnedProcess): string;
  /** As an orchestrator would, start it again when it dies by itself; not when the harness killed it. */
  supervise: boolean;
  log: (line: string) => void;
}

export interface ServiceProcess extends AsyncDisposable {
  readonly component: Component;
  /** True if it answers that it serves. */
  ready(): Promise<boolean>;
  /**
   * SIGTERM, then after the limit SIGKILL; stays down until `start`. `forGood`: nobody asks it any more, so that a
   * service of ours is told by SIGINT that it need not wait until the front has noticed.
   */
  stop(how?: { forGood: boolean }): Promise<void>;
  start(): Promise<void>;
}

/** The service gives itself ten seconds. */
const stopGraceMs = 12_000;
const restartPauseMs = 300;

/** True if the URL answers 2xx within a second. */
export const answers = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
};

/** The log's own complaint, without time and level. */
const complaintSince = (logFile: string, fromByte: number): string => {
  const found = linesSince(logFile, fromByte, 10).findLast((line) => /ERROR|Error:/.test(line));
  return found === undefined ? '' : `: ${found.replace(/^\S+ ERROR /, '')}`;
};

export class SupervisedProcess implements ServiceProcess {
  readonly component: Component;
  readonly #options: ServiceProcessOptions;
  #current: OwnedProcess | null = null;
  #held = true;
  #logStart = 0;
  #starting: Promise<void> | null = null;
  readonly #exits: Exit[] = [];

  constructor(options: ServiceProcessOptions) {
    this.#options = options;
    this.component = {
      name: options.component,
      instance: options.instance,
      budget: options.budget,
      logFile: options.logFile,
      usage: () => this.#usage(),
      exits: () => this.#exits,
      kill: (signal) => this.#kill(signal),
      start: () => this.start(),
    };
  }

  ready(): Promise<boolean> {
    return this.#options.isReady(this.#current, this.#logStart);
  }

  #usage(): ReturnType<Component['usage']> {
    if (this.#current === null || !isAlive(this.#current)) return null;
    const others = this.#options.asTree?.others();
    return { kind: 'processTree', pid: this.#current.pid, ...(others === undefined ? {} : { others }) };
  }

  /** A kill by the harness is a fault: whoever injects it also starts the process again. */
  async #kill(signal: NodeJS.Signals): Promise<void> {
    if (this.#current === null) return;
    if (signal === 'SIGKILL' || signal === 'SIGTERM') this.#held = true;
    const { asTree } = this.#options;
    if (signal === 'SIGKILL') await (asTree?.crash() ?? crashTree(this.#current));
    else if (asTree === undefined) this.#current.kill(signal);
    else await asTree.signal(signal);
  }

  start(): Promise<void> {
    this.#starting ??= this.#start().finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  async #start(): Promise<void> {
    const { title, logFile, readyLimitMs } = this.#options;
    const previous = this.#current;
    if (previous !== null && isAlive(previous)) {
      if (this.#held)
        await waitUntil(`the end of the previous ${title}`, () => !isAlive(previous), { limitMs: stopGraceMs + 5000 });
      else return this.#untilReady(previous);
    }
    this.#held = false;
    this.#logStart = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
    const started = this.#options.spawn();
    this.#current = started;
    void started.exited.then(({ code, signal }) => this.#onEnd(started, signal ?? `exit ${code ?? 'unknown'}`));
    await this.#untilReady(started, readyLimitMs);
  }

  /** Without a trace, and with the last words in the one line that people read. */
  #notStarted(message: string, owned: OwnedProcess): Error {
    const { logFile, complaint = complaintSince, hint } = this.#options;
    const why = complaint(logFile, this.#logStart);
    const lines = linesSince(logFile, this.#logStart, 10).join('\n');
    const more = owned.ended === null ? (hint?.(owned) ?? '') : '';
    return environmentError(`${message}${more}${why}${owned.ended === null ? `; see ${logFile}` : ''}`, lines);
  }

  async #untilReady(owned: OwnedProcess, limitMs = this.#options.readyLimitMs): Promise<void> {
    const { title } = this.#options;
    await waitUntil(`${title} of the service is ready`, async () => owned.ended !== null || (await this.ready()), {
      limitMs,
      everyMs: 15,
      fail: (message) => this.#notStarted(message, owned),
    });
    if (owned.ended === null) return;
    const how = owned.ended.signal ?? `exit ${owned.ended.code ?? 'unknown'}`;
    throw this.#notStarted(`${title} of the service ended while it started (${how})`, owned);
  }

  async #onEnd(owned: OwnedProcess, how: string): Promise<void> {
    if (this.#held || owned !== this.#current) return;
    this.#exits.push({ atEpochMs: Date.now(), how });
    const { title, logFile, log, supervise } = this.#options;
    const line = `${title} of the service died (${how})${supervise ? '; starting it again' : ''}`;
    log(line);
    appendFileSync(logFile, `${new Date().toISOString()} ERROR supervisor: ${line}\n`);
    if (!supervise) return;
    // What its end left behind would keep the port.
    await this.#options.asTree?.crash().catch(() => undefined);
    await sleep(restartPauseMs);
    // Also while it still starts: that attempt has failed and told its caller.
    if (this.#held || owned !== this.#current || this.#starting !== null) return;
    await this.start().catch((error: unknown) => log(messageOf(error)));
  }

  async stop({ forGood } = { forGood: false }): Promise<void> {
    this.#held = true;
    if (this.#current === null) return;
    const signal = forGood ? 'SIGINT' : 'SIGTERM';
    await (this.#options.asTree?.stop() ?? this.#current.stop({ signal, graceMs: stopGraceMs }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
