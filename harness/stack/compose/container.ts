/** One container of the stack or of the service: started, broken, started again; its log followed into a file. */
import { createWriteStream, existsSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentError, messageOf } from '../../errors.ts';
import { waitUntil } from '../../system/wait.ts';
import type { Component, ContainerService, ContainerServiceOptions, Exit } from '../stack.ts';
import type { Container, Docker } from './engine.ts';

/** The service gives itself ten seconds to stop. */
const stopGraceSeconds = 12;
const endLimitMs = 20_000;
const restartPauseMs = 300;

const lastLines = (file: string, fromByte: number): string[] =>
  (existsSync(file) ? readFileSync(file).subarray(fromByte).toString('utf8') : '').trimEnd().split('\n').slice(-10);

/** The log's own complaint, without time and level: the first one, as the rest follow from it. */
const complaintIn = (lines: readonly string[]): string => {
  const found = lines.find((line) => /invalid value|unrecognized|could not|cannot|FATAL|PANIC|ERROR|Error:/.test(line));
  return found === undefined ? '' : `: ${found.replace(/^.*?(LOG|WARNING|FATAL|PANIC|ERROR):?\s*/, '')}`;
};

/** The pid if it is that container's here too, as it is not where the engine runs in a machine of its own. */
const rootProcess = (id: string, pid: number): number | null => {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(id) ? pid : null;
  } catch {
    return null;
  }
};

export class ContainerPart implements ContainerService {
  readonly component: Component;
  readonly #docker: Docker;
  #container: Container;
  readonly #options: ContainerServiceOptions;
  /** How it ended, or null while it runs; before the first start it counts as ended. */
  #ended: string | null = 'not started';
  /** Its root process as this machine sees it. */
  #pid: number | null = null;
  #held = true;
  #starting: Promise<void> | null = null;
  readonly #exits: Exit[] = [];

  constructor(docker: Docker, container: Container, options: ContainerServiceOptions) {
    this.#docker = docker;
    this.#container = container;
    this.#options = options;
    this.component = {
      name: options.component,
      instance: options.instance,
      budget: options.budget,
      logFile: options.logFile,
      usage: () => (this.#ended === null ? { kind: 'container', id: this.#container.id, pid: this.#pid } : null),
      exits: () => this.#exits,
      kill: (signal) => this.#kill(signal),
      start: () => this.start(),
    };
  }

  /** Takes over a container that compose has started; resolves when it serves. */
  async adopt(): Promise<void> {
    this.#follow(await this.#container.logs({ follow: true, stdout: true, stderr: true }));
    await this.#watch();
    await this.#untilReady(0);
  }

  /** The container made in its place, for the next start; what ran in the one before is down. */
  nowIn(container: Container): void {
    this.#container = container;
  }

  start(): Promise<void> {
    this.#starting ??= this.#start().finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  async ready(): Promise<boolean> {
    return this.#options.ready().catch(() => false);
  }

  /** SIGTERM, or the image's own stop signal, then after the limit SIGKILL; stays down until `start`. */
  async stop(): Promise<void> {
    this.#held = true;
    if (this.#ended !== null) return;
    await this.#container.stop({ t: stopGraceSeconds }).catch(() => undefined);
    await this.#untilEnded();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** A kill by the harness is a fault: whoever injects it also starts the container again. */
  async #kill(signal: NodeJS.Signals): Promise<void> {
    if (this.#ended !== null) return;
    if (signal === 'SIGKILL' || signal === 'SIGTERM') this.#held = true;
    await this.#container.kill({ signal }).catch((error: unknown) => {
      if (!/is not running/.test(messageOf(error))) throw error;
    });
    if (signal === 'SIGKILL') await this.#untilEnded();
  }

  async #start(): Promise<void> {
    if (this.#ended === null) {
      if (!this.#held) return this.#untilReady(0);
      await this.#untilEnded();
    }
    this.#held = false;
    const { logFile } = this.#options;
    const logStart = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
    // Attached before it starts, so that no line is lost and none comes twice.
    this.#follow(await this.#container.attach({ stream: true, stdout: true, stderr: true }));
    await this.#container.start();
    await this.#watch();
    await this.#untilReady(logStart);
  }

  #follow(stream: NodeJS.ReadableStream): void {
    const file = createWriteStream(this.#options.logFile, { flags: 'a' });
    file.on('error', () => stream.removeAllListeners('data'));
    stream.on('error', () => file.end());
    stream.on('end', () => file.end());
    (
      this.#docker.modem as {
        demuxStream(from: NodeJS.ReadableStream, out: NodeJS.WritableStream, error: NodeJS.WritableStream): void;
      }
    ).demuxStream(stream, file, file);
  }

  async #watch(): Promise<void> {
    this.#ended = null;
    this.#pid = rootProcess(this.#container.id, (await this.#container.inspect()).State.Pid);
    void this.#container
      .wait()
      .then(
        ({ StatusCode }: { StatusCode: number }) => `exit ${StatusCode}`,
        () => 'removed',
      )
      .then((how) => this.#onEnd(how));
  }

  async #untilEnded(): Promise<void> {
    await waitUntil(`the end of ${this.#options.title}`, () => this.#ended !== null, { limitMs: endLimitMs });
  }

  async #untilReady(logStart: number): Promise<void> {
    const { title, logFile, readyLimitMs } = this.#options;
    const lines = (): string[] => lastLines(logFile, logStart);
    await waitUntil(`${title} serves`, async () => this.#ended !== null || (await this.#options.ready()), {
      limitMs: readyLimitMs,
      everyMs: 15,
      fail: (message) => environmentError(`${message}${complaintIn(lines())}; see ${logFile}`, lines().join('\n')),
    });
    if (this.#ended === null) return;
    await sleep(100); // The last lines are on their way.
    throw environmentError(
      `${title} ended while it started (${this.#ended})${complaintIn(lines())}`,
      lines().join('\n'),
    );
  }

  async #onEnd(how: string): Promise<void> {
    this.#ended = how;
    const { title, supervise, log } = this.#options;
    if (this.#held || how === 'removed') return;
    this.#exits.push({ atEpochMs: Date.now(), how });
    if (!supervise) return;
    log(`${title} of the service died (${how}); starting it again`);
    await sleep(restartPauseMs);
    // Also while it still starts: that attempt has failed and told its caller.
    if (this.#held || this.#starting !== null) return;
    await this.start().catch((error: unknown) => log(messageOf(error)));
  }
}
