/**
 * One long-lived process of the service: a replica or the front. Started, watched, started again when it dies by
 * itself.
 */
import { appendFileSync, existsSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentError, messageOf } from '../errors.ts';
import type { Component, Exit } from '../stack/stack.ts';
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
  /** Answers 200 once it serves. */
  readyUrl: string;
  readyLimitMs: number;
  spawn(): OwnedProcess;
  /** As an orchestrator would, start it again when it dies by itself; not when the harness killed it. */
  supervise: boolean;
  log: (line: string) => void;
}

export interface ServiceProcess extends AsyncDisposable {
  readonly component: Component;
  /** True if it answers that it serves. */
  ready(): Promise<boolean>;
  /** SIGTERM, then after the limit SIGKILL; stays down until `start`. */
  stop(): Promise<void>;
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

const lastLines = (file: string, fromByte: number): string[] =>
  (existsSync(file) ? readFileSync(file).subarray(fromByte).toString('utf8') : '').trimEnd().split('\n').slice(-10);

/** The log's own complaint, without time and level. */
const complaintIn = (lines: readonly string[]): string => {
  const found = lines.findLast((line) => /ERROR|Error:/.test(line));
  return found === undefined ? '' : `: ${found.replace(/^\S+ ERROR /, '')}`;
};

export class SupervisedProcess implements ServiceProcess {
  readonly component: Component;
  readonly #options: ServiceProcessOptions;
  #current: OwnedProcess | null = null;
  #held = true;
  #starting: Promise<void> | null = null;
  readonly #exits: Exit[] = [];

  constructor(options: ServiceProcessOptions) {
    this.#options = options;
    this.component = {
      name: options.component,
      instance: options.instance,
      budget: options.budget,
      logFile: options.logFile,
      usage: () =>
        this.#current !== null && isAlive(this.#current) ? { kind: 'processTree', pid: this.#current.pid } : null,
      exits: () => this.#exits,
      kill: (signal) => this.#kill(signal),
      start: () => this.start(),
    };
  }

  ready(): Promise<boolean> {
    return answers(this.#options.readyUrl);
  }

  /** A kill by the harness is a fault: whoever injects it also starts the process again. */
  async #kill(signal: NodeJS.Signals): Promise<void> {
    if (this.#current === null) return;
    if (signal === 'SIGKILL' || signal === 'SIGTERM') this.#held = true;
    if (signal === 'SIGKILL') await crashTree(this.#current);
    else this.#current.kill(signal);
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
      else return this.#untilReady(previous, 0);
    }
    this.#held = false;
    const logStart = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
    const started = this.#options.spawn();
    this.#current = started;
    void started.exited.then(({ code, signal }) => this.#onEnd(started, signal ?? `exit ${code ?? 'unknown'}`));
    await this.#untilReady(started, logStart, readyLimitMs);
  }

  async #untilReady(owned: OwnedProcess, logStart: number, limitMs = this.#options.readyLimitMs): Promise<void> {
    const { title, logFile } = this.#options;
    const lines = (): string[] => lastLines(logFile, logStart);
    await waitUntil(`${title} of the service is ready`, async () => owned.ended !== null || (await this.ready()), {
      limitMs,
      everyMs: 15,
      fail: (message) => environmentError(`${message}${complaintIn(lines())}; see ${logFile}`, lines().join('\n')),
    });
    if (owned.ended !== null) {
      const how = owned.ended.signal ?? `exit ${owned.ended.code ?? 'unknown'}`;
      throw environmentError(
        `${title} of the service ended while it started (${how})${complaintIn(lines())}`,
        lines().join('\n'),
      );
    }
  }

  async #onEnd(owned: OwnedProcess, how: string): Promise<void> {
    if (this.#held || owned !== this.#current) return;
    this.#exits.push({ atEpochMs: Date.now(), how });
    const { title, logFile, log, supervise } = this.#options;
    const line = `${title} of the service died (${how})${supervise ? '; starting it again' : ''}`;
    log(line);
    appendFileSync(logFile, `${new Date().toISOString()} ERROR supervisor: ${line}\n`);
    if (!supervise) return;
    await sleep(restartPauseMs);
    // Also while it still starts: that attempt has failed and told its caller.
    if (this.#held || owned !== this.#current || this.#starting !== null) return;
    await this.start().catch((error: unknown) => log(messageOf(error)));
  }

  async stop(): Promise<void> {
    this.#held = true;
    await this.#current?.stop({ graceMs: stopGraceMs });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
