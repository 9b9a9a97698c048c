/**
 * All that was observed of one entry, in the words in which causes ask for it. Plain values; nothing is judged here.
 */
import type { RunResult, ScenarioResult } from '../../result.ts';
import { lengthOf, longestSilence, usualMs, type Silence } from '../../measure/silence.ts';
import type { Observations } from '../../measure/tracks/observations.ts';
import { judgedPhases, type PhaseSet } from '../../measure/tracks/phase-set.ts';
import { totalMs, type Window } from '../../measure/tracks/windows.ts';
import { databaseStatementsOf, type StatementsOf } from './database-statements.ts';
import { errorsOf, type Errors } from './errors.ts';
import { levelsOf, type Levels } from './levels.ts';
import { lockQueuesOf, type LockQueue } from './locks.ts';
import { poolerOf, type Pooler } from './pooler.ts';
import { processesOf, type Processes } from './processes.ts';
import { requestsOf, type Requests } from './requests.ts';
import { sessionsOf, type Sessions } from './sessions.ts';
import { tapsOf, type Tapped } from './taps.ts';

export interface Seen {
  entry: ScenarioResult;
  observations: Observations;
  /** The judged phases. */
  phaseSet: PhaseSet;
  windows: readonly Window[];
  /** From the first judged instant to the last. */
  span: Window;
  seconds: number;
  requests: Requests;
  errors: Errors;
  /** Before the load it is the stack that starts, and no part that went away. */
  errorsUnderLoad: Errors;
  sessions: Sessions;
  pooler: Pooler | null;
  locks: readonly LockQueue[];
  taps: readonly Tapped[];
  /** Of taps: how long statements take in the database itself. */
  databaseStatements: readonly StatementsOf[];
  processes: Processes;
  silence: Silence | null;
  /** Any other series, under load. */
  levels: Levels;
}

export type Host = Pick<RunResult['host'], 'cores'>;

/** Errors before the load count (a service that cannot start), those of its shutdown do not. */
const errorWindow = ({ teardownMs, startedMs, phases }: ScenarioResult): Window => ({
  startMs: (startedMs ?? 0) - 1,
  endMs: teardownMs ?? (phases.at(-1)?.endMs ?? Infinity) + 3000,
});

/** As long as a slow request, and longer than answers take here: else it is how the service works. */
const shortestMs = 1000;

const silenceIn = ({ phases }: ScenarioResult, observations: Observations): Silence | null => {
  const silence = longestSilence({ observations, phases });
  if (silence === null || lengthOf(silence) <= shortestMs) return null;
  return lengthOf(silence) > usualMs({ observations, phases }) ? silence : null;
};

export const seenOf = (entry: ScenarioResult, observations: Observations, host: Host | null): Seen => {
  const phaseSet = judgedPhases(entry.phases);
  const { windows } = phaseSet;
  const span = { startMs: windows[0]?.startMs ?? 0, endMs: windows.at(-1)?.endMs ?? 0 };
  const pooler = poolerOf(entry, observations, windows);
  return {
    entry,
    observations,
    phaseSet,
    windows,
    span,
    seconds: totalMs(windows) / 1000,
    requests: requestsOf(observations, phaseSet),
    errors: errorsOf(entry, observations, errorWindow(entry)),
    errorsUnderLoad: errorsOf(entry, observations, { ...errorWindow(entry), startMs: span.startMs }),
    sessions: sessionsOf(observations, windows),
    pooler,
    locks: lockQueuesOf(observations, windows),
    taps: tapsOf(observations, span),
    databaseStatements: databaseStatementsOf({ entry, observations, window: span, pooler }),
    processes: processesOf(observations, windows, host?.cores ?? null),
    silence: silenceIn(entry, observations),
    levels: levelsOf(observations, windows),
  };
};
