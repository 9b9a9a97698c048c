/** Says which phase of the load is under way: a line and an event when one begins, figures on the live line. */
import type { PhaseResult } from '../result.ts';
import type { LiveEntry } from './contexts.ts';
import { isForeign } from './is-foreign.ts';

const everyMs = 500;

interface Words {
  begins(phase: string, seconds: number): string;
  goesOn(phase: string, seconds: number): string;
  over: string;
}

const ourWords: Words = {
  begins: (phase, seconds) => `${phase}, ${seconds} s`,
  goesOn: (phase, seconds) => `${phase}, ${seconds} s left`,
  over: 'jobs end',
};

/** Of a stranger's script only the longest time is known. */
const scriptWords: Words = {
  begins: (_phase, seconds) => `your script, ${seconds} s at most`,
  goesOn: (_phase, seconds) => `your script, at most ${seconds} s left`,
  over: 'your script ends',
};

/** Shows phase after phase from now on, until it is disposed of. */
export const showPhases = (live: LiveEntry, phases: readonly PhaseResult[]): Disposable => {
  const { clock, figures, folder, planned, prepared, progress } = live;
  const { entry } = planned;
  const hasPhases = !isForeign(prepared) || planned.declaration.script?.row != null;
  const words = hasPhases ? ourWords : scriptWords;
  let current = '';
  const begin = (phase: string, nowMs: number, seconds: number): void => {
    current = phase;
    folder.event(nowMs, 'phase', { entry, phase });
    progress.line(`${entry}: ${words.begins(phase, seconds)}`);
  };
  const now = (nowMs: number): string => {
    const phase = phases.find(({ endMs }) => nowMs < endMs);
    if (phase === undefined) return words.over;
    const seconds = Math.ceil((phase.endMs - nowMs) / 1000);
    if (phase.name !== current) begin(phase.name, nowMs, seconds);
    return words.goesOn(phase.name, seconds);
  };
  const show = (): void => progress.live(`${entry}: ${now(clock.nowMs())} · ${figures.text()}`);
  const timer = setInterval(show, everyMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
};
