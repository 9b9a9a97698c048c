import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentError, lostError, usageError, type PgsurgeError } from '../errors.ts';
import { k6Exit } from '../measure/k6-exit-codes.ts';
import type { LoadTotals } from '../result.ts';
import type { Component } from '../stack/stack.ts';
import type { OwnedProcess, ProcessEnd } from '../system/process.ts';
import { complaintsOfK6, firstLineOfK6, isK6Variable } from '../tools/k6-output.ts';
import { isK6Option } from '../tools/k6-variables.ts';
import { viewOfScript } from '../tools/script-view.ts';
import { watchEnd } from './k6-end.ts';
import { k6Arguments, k6Settings } from './k6-command.ts';
import type { LoadOptions } from './load-options.ts';
import { readK6Words } from './k6-log.ts';
import { readExportedTotals, readTotals } from './totals.ts';

export interface RunningLoad {
  /** Epoch ms at which the phases' 0 lies: k6 needs some time before its users start. */
  readonly started: Promise<number>;
  /** k6's end figures. Rejects with a PgsurgeError if k6 gave none. */
  readonly done: Promise<LoadTotals>;
  /** Orderly: k6 ends its users, writes its summary, and `done` resolves. Twice is harmless. */
  stop(): Promise<void>;
  readonly component: Component;
}

/**
 * k6's own grace for jobs that are active at the end (10 s, scenarios/lib/define.ts), and a busy machine's start and
 * summary.
 */
const overrunLimitMs = 70_000;
const stopGraceMs = 20_000;
const startLimitMs = 30_000;
/** k6's own limits of setup and teardown and its grace, of a script whose options were not looked at. */
const usualGraceSeconds = 150;

/** What a team's script may take beside its load, by its own word. */
const graceMs = ({ foreign }: LoadOptions): number =>
  foreign === undefined ? 0 : (foreign.script?.graceSeconds ?? usualGraceSeconds) * 1000;

/** Each load its own: a run has several, and a script may change between them. */
const viewForK6 = ({ script, foreign, workspace }: LoadOptions): string =>
  foreign === undefined ? script : viewOfScript(script, mkdtempSync(path.join(workspace.folder, 'script-')));

/** k6's own variables of the shell that started this change nothing: where there are any, `env` takes them away. */
const withoutForeign = ({ k6, foreign, otlpUrl }: LoadOptions): { file: string; before: string[] } => {
  const isKept = foreign === undefined ? isK6Variable : isK6Option;
  const names = Object.keys(process.env).filter(isKept);
  if (names.length === 0) return { file: k6.path, before: [] };
  const taken = names.flatMap((name) => ['-u', name]);
  const ours = Object.entries(k6Settings(otlpUrl)).map(([name, value]) => `${name}=${value}`);
  return { file: 'env', before: [...taken, ...ours, k6.path] };
};

/** Each load its own: of two in one workspace one would read it while the other writes. */
const emptyConfig = (folder: string): string => {
  const file = path.join(mkdtempSync(path.join(folder, 'config-')), 'k6.json');
  writeFileSync(file, '{}');
  return file;
};

const spawnK6 = (options: LoadOptions): OwnedProcess => {
  const { k6, workspace, logFile, ledgerFile, summaryFile, otlpUrl } = options;
  for (const file of [ledgerFile, summaryFile, logFile]) mkdirSync(path.dirname(file), { recursive: true });
  for (const file of [ledgerFile, summaryFile]) rmSync(file, { force: true });
  const configFile = emptyConfig(workspace.folder);
  const { file, before } = withoutForeign(options);
  const script = viewForK6(options);
  return workspace.spawn('k6', file, [...before, ...k6Arguments({ ...options, script }, configFile)], {
    env: { ...k6.env, ...k6Settings(otlpUrl) },
    logFile,
    stopSignal: 'SIGINT',
  });
};

const complaint = (logFile: string): { line: string; all: string } => {
  const all = existsSync(logFile) ? readFileSync(logFile, 'utf8').trim() : '';
  const complaints = complaintsOfK6(all);
  return { line: firstLineOfK6(complaints === '' ? all : complaints), all: all.slice(-4000) };
};

/** Codes of a run that may have come to its summary, so that there is something to judge. */
const judgedCodes: readonly (number | null)[] = [
  k6Exit.asDeclared,
  k6Exit.thresholdBroke,
  k6Exit.setupTimedOut,
  k6Exit.teardownTimedOut,
  k6Exit.interrupted,
  k6Exit.threwOutsideIterations,
  k6Exit.aborted,
  k6Exit.markedFailed,
];

/** Codes that are no failure even without a summary. */
const harmlessCodes: readonly (number | null)[] = [k6Exit.asDeclared, k6Exit.thresholdBroke, k6Exit.interrupted];

/** What `env` and the shell say of a program that cannot be run, or is not there. */
const notStartedCodes: readonly (number | null)[] = [126, 127];

/** Null where k6 left figures. */
const failureOf = ({ code, signal }: ProcessEnd, options: LoadOptions): PgsurgeError | null => {
  const { logFile, script } = options;
  const { line, all } = complaint(logFile);
  const name = path.basename(script);
  if (signal !== null)
    return lostError(`k6 was killed by ${signal} while it drove ${name}: its log is ${logFile}`, all);
  if (judgedCodes.includes(code) && existsSync(options.summaryFile)) return null;
  if (harmlessCodes.includes(code)) return null;
  if (code === k6Exit.threwOutsideIterations || !existsSync(script))
    return usageError(`scenario ${name} does not load: ${line}`, all);
  if (code === k6Exit.optionsRefused) return usageError(`k6 refuses the options of ${name}: ${line}`, all);
  if (code === k6Exit.aborted) return lostError(`scenario ${name} aborted itself: ${line}`, all);
  if (notStartedCodes.includes(code))
    return environmentError(`k6 could not be started from ${options.k6.path}: ${line}`, all);
  return lostError(`k6 ended with code ${code ?? 'none'} while it drove ${name}: ${line}`, all);
};

/** "login.js:7:11" as people say it. */
const placeWords = (line: string): string => line.replace(/:(\d+):\d+$/, ', line $1');

/** Nothing was loaded: a page would judge a service that nobody asked for anything. */
const setupFailure = ({ iterations, words }: LoadTotals, { script, foreign }: LoadOptions): PgsurgeError | null => {
  const thrown = (words?.exceptions ?? []).find(({ place }) => place === 'setup');
  if (foreign === undefined || thrown === undefined || iterations > 0) return null;
  const name = path.basename(script);
  const [said = ''] = thrown.text.split('\n');
  return usageError(`the script ${name} threw in its setup, before any load: ${said} (${placeWords(thrown.line)})`);
};

const overrunLimitOf = (options: LoadOptions): number => overrunLimitMs + graceMs(options);

const finish = async (k6: OwnedProcess, options: LoadOptions): Promise<LoadTotals> => {
  const overrunMs = overrunLimitOf(options);
  const limitMs = (options.phases.at(-1)?.endMs ?? 0) + overrunMs;
  const limit = new AbortController();
  const overrun = sleep(limitMs, 'overrun' as const, { signal: limit.signal }).catch(() => 'overrun' as const);
  const end = await Promise.race([k6.exited, overrun]);
  limit.abort();
  if (end === 'overrun') {
    await k6.stop({ signal: 'SIGKILL', graceMs: 0 });
    throw lostError(
      `k6 had not ended ${overrunMs / 1000} s after its last phase and was killed; its log is ${options.logFile}`,
    );
  }
  const failure = failureOf(end, options);
  if (failure !== null) throw failure;
  const readFigures = options.foreign === undefined ? readTotals : readExportedTotals;
  const totals = { ...readFigures(options.summaryFile, end.code), words: await readK6Words(options.logFile, end.code) };
  const atSetup = setupFailure(totals, options);
  if (atSetup !== null) throw atSetup;
  return totals;
};

/** At a look; what a team's `setup` prints comes before the line that says when the clock started. */
const lookBytes = 65_536;
const longestStartLine = 400;

/** Looks on where it has looked last; null until the line is there. */
const startFinder = (ledgerFile: string): (() => Promise<number | null>) => {
  let fromByte = 0;
  return async () => {
    if (!existsSync(ledgerFile)) return null;
    await using file = await open(ledgerFile);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(lookBytes), 0, lookBytes, fromByte);
    // Of a journey it stands in a line of k6's log, with its quotes escaped.
    const found = /\{\\?"e\\?":\\?"start\\?",\\?"t\\?":(\d+)\}/.exec(buffer.toString('utf8', 0, bytesRead));
    fromByte += Math.max(0, bytesRead - longestStartLine);
    return found === null ? null : Number(found[1]);
  };
};

/** Resolves with the first start line; if k6 ends before, `done` says why and this rejects too. */
const awaitStart = async (k6: OwnedProcess, options: LoadOptions, done: Promise<unknown>): Promise<number> => {
  const limitMs = startLimitMs + graceMs(options);
  const deadline = performance.now() + limitMs;
  const startInLedger = startFinder(options.ledgerFile);
  for (;;) {
    const started = await startInLedger();
    if (started !== null) return started;
    if (k6.ended !== null) {
      await done;
      throw lostError(`k6 ended before any user of ${path.basename(options.script)} started`);
    }
    if (performance.now() > deadline)
      throw lostError(`k6 started no user within ${limitMs / 1000} s; its log is ${options.logFile}`);
    await sleep(20);
  }
};

const componentOf = (k6: OwnedProcess, logFile: string): Component => ({
  name: 'load',
  instance: 0,
  budget: null,
  usage: () => (k6.ended === null ? { kind: 'processTree', pid: k6.pid } : null),
  logFile,
  kill: async (signal) => {
    k6.kill(signal);
  },
  start: () => Promise.reject(new Error('a load that has ended is not started again')),
});

/** Real k6 on one scenario, its metrics to our OTLP receiver and its ledger to a file. */
export const startLoad = (options: LoadOptions): RunningLoad => {
  const k6 = spawnK6(options);
  const end = watchEnd(k6, options.lastExport);
  const done = finish(k6, options);
  const saysStart = options.foreign === undefined || options.foreign.script?.row != null;
  const started = saysStart ? awaitStart(k6, options, done) : Promise.resolve(Date.now());
  // Whoever awaits them later still sees the rejection; until then it is not "unhandled".
  done.catch(() => undefined);
  started.catch(() => undefined);
  return {
    started,
    done,
    component: componentOf(k6, options.logFile),
    stop: async () => {
      if (k6.ended !== null) return;
      end.interrupt();
      await Promise.race([k6.exited, sleep(stopGraceMs, undefined, { ref: false })]);
      if (k6.ended === null) await k6.stop({ signal: 'SIGKILL', graceMs: 0 });
    },
  };
};
