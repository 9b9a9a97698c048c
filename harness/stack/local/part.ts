/** A server of the stack: started, broken, started again on the same port and data. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { environmentError } from '../../errors.ts';
import { isAlive } from '../../system/proc.ts';
import { crashTree, type OwnedProcess, type ProcessEnd } from '../../system/process.ts';
import { waitUntil } from '../../system/wait.ts';
import { budgets } from '../spec.ts';
import type { LostPart } from '../lost.ts';
import type { Component } from '../stack.ts';

export interface PartOptions {
  component: Component['name'];
  instance: number;
  /** For people: "Postgres", "PgBouncer 1". */
  title: string;
  logFile: string;
  spawn(): OwnedProcess;
  /** True once it serves; tried every few ms, a throw counts as "not yet". */
  ready(owned: OwnedProcess): Promise<boolean>;
  readyLimitMs: number;
  /** It ended while it served, and nobody here ended it. */
  onLost?: ((lost: LostPart) => void) | undefined;
}

export interface Part extends AsyncDisposable {
  readonly component: Component;
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** The last lines of what was logged since `from` (bytes). */
const linesSince = (file: string, from: number): string[] =>
  (existsSync(file) ? readFileSync(file).subarray(from).toString('utf8') : '').trimEnd().split('\n').slice(-10);

const howEnded = (end: ProcessEnd | null): string => end?.signal ?? `exit ${end?.code ?? 'unknown'}`;

/** Signals after which a server goes on. */
const harmless: readonly NodeJS.Signals[] = ['SIGSTOP', 'SIGCONT', 'SIGHUP'];

const remedyOf = (lines: readonly string[]): string => {
  if (lines.some((line) => line.includes('No space left'))) return '; free some space, or set TMPDIR to a larger disk';
  if (lines.some((line) => /in use/.test(line))) return '; another program took the port just now: try again';
  return '';
};

/**
 * Holds the log's first complaint where there is one, since "exit 1" helps nobody and later lines follow from the
 * first.
 */
const endedError = (title: string, owned: OwnedProcess, lines: string[]): Error => {
  const complaint = lines
    .find((line) => /invalid value|unrecognized|could not|cannot|failed|FATAL|PANIC|ERROR/i.test(line))
    ?.replace(/^.*?(LOG|WARNING|FATAL|PANIC|ERROR):?\s*/, '');
  const how = howEnded(owned.ended);
  const why = complaint === undefined ? '' : `: ${complaint}`;
  return environmentError(`${title} ended while it started (${how})${why}${remedyOf(lines)}`, lines.join('\n'));
};

const becomeReady = async (options: PartOptions, owned: OwnedProcess, logStart: number): Promise<void> => {
  const { title, logFile, readyLimitMs } = options;
  await waitUntil(`${title} serves`, () => owned.ended !== null || options.ready(owned), {
    limitMs: readyLimitMs,
    everyMs: 5,
    fail: (message) => environmentError(message, linesSince(logFile, logStart).join('\n')),
  });
  if (owned.ended !== null) throw endedError(title, owned, linesSince(logFile, logStart));
};

class ProcessPart implements Part {
  readonly component: Component;
  readonly #options: PartOptions;
  #current: OwnedProcess | null = null;
  /** By a fault, or with the stack. */
  readonly #endedByUs = new WeakSet<OwnedProcess>();

  constructor(options: PartOptions) {
    this.#options = options;
    this.component = {
      name: options.component,
      instance: options.instance,
      budget: budgets[options.component] ?? null,
      logFile: options.logFile,
      usage: () => this.#usage(),
      kill: (signal) => this.#kill(signal),
      start: () => this.start(),
    };
  }

  async start(): Promise<void> {
    const { title, logFile, spawn } = this.#options;
    const previous = this.#current;
    if (previous !== null)
      await waitUntil(`the end of the previous ${title}`, () => !isAlive(previous), { limitMs: 30_000 });
    const logStart = sizeOf(logFile);
    const started = spawn();
    this.#current = started;
    await becomeReady(this.#options, started, logStart);
    void this.#watch(started);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#current === null) return;
    this.#endedByUs.add(this.#current);
    await this.#current.stop({ graceMs: 3000 });
  }

  #usage(): ReturnType<Component['usage']> {
    const current = this.#current;
    return current !== null && isAlive(current) ? { kind: 'processTree', pid: current.pid } : null;
  }

  async #kill(signal: NodeJS.Signals): Promise<void> {
    const current = this.#current;
    if (current === null) return;
    if (!harmless.includes(signal)) this.#endedByUs.add(current);
    if (signal === 'SIGKILL') await crashTree(current);
    else current.kill(signal);
  }

  async #watch(owned: OwnedProcess): Promise<void> {
    const { title, logFile, onLost } = this.#options;
    const end = await owned.exited;
    if (!this.#endedByUs.has(owned)) onLost?.({ title, how: howEnded(end), logFile });
  }
}

/** Starts it; resolves when it serves. If it does not, it is stopped and the error holds its last log lines. */
export const startPart = async (options: PartOptions): Promise<Part> => {
  const part = new ProcessPart(options);
  try {
    await part.start();
  } catch (error) {
    await part[Symbol.asyncDispose]();
    throw error;
  }
  return part;
};
