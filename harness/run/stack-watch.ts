/** A part of the stack that ends by itself while an entry is measured ends the load, and is no fault of the service. */
import type { EntryContext } from './contexts.ts';
import { lostError } from '../errors.ts';
import type { PlanEntry } from '../profile/plan.ts';
import type { ScenarioResult } from '../result.ts';
import { lostLine, type LostPart } from '../stack/lost.ts';

export interface StackWatch {
  /** Given at an interrupt, and when a part of the stack is lost. */
  readonly signal: AbortSignal;
  onLost(part: LostPart): void;
  /** The first part that was lost, as an error for people; null while all are there. */
  lost(): Error | null;
}

/** Until the load begins, the phases are the plan's own. */
const whenOf = ({ declaration, phases }: PlanEntry, facts: ScenarioResult, nowMs: number): string => {
  if (facts.phases === phases) return `before the load of ${declaration.id} began`;
  const sinceMs = nowMs - (facts.phases[0]?.startMs ?? nowMs);
  return `${Math.max(0, Math.round(sinceMs / 1000))} s into ${declaration.id}`;
};

export const watchStack = (
  planned: PlanEntry,
  facts: ScenarioResult,
  { signal, clock, folder, progress }: EntryContext,
): StackWatch => {
  const ended = new AbortController();
  let lost: Error | null = null;
  return {
    signal: AbortSignal.any([signal, ended.signal]),
    onLost: (part) => {
      if (lost !== null || signal.aborted) return;
      lost = lostError(lostLine(part, whenOf(planned, facts, clock.nowMs())));
      folder.event(clock.nowMs(), 'stack-lost', { entry: planned.entry, part: part.title, how: part.how });
      progress.line(`${planned.entry}: ${lost.message}`);
      ended.abort();
    },
    lost: () => lost,
  };
};
