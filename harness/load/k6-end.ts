/**
 * How k6 is ended so that nothing of it is lost. Left to itself it cancels the export that is under way when it shuts
 * its OpenTelemetry output down ("context canceled"), and since exports are deltas, what that one held is gone. So it
 * lingers after its test, goes on exporting, and is told to leave once everything has been flushed and exported: what
 * may be cancelled then is an export of nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { OwnedProcess } from '../system/process.ts';
import type { Workspace } from '../system/workspace.ts';
import type { LastExport } from './load-options.ts';

/** `K6_OTEL_FLUSH_INTERVAL`, as k6-command.ts sets it. */
export const flushEveryMs = 200;
/** What was collected so long after the end of the test holds its last sample. */
const flushedMs = flushEveryMs + 100;
/** A receiver that does not answer must not hold k6 for ever: what it did not take is missing in its counts. */
const mostTailMs = 5000;
const lookEveryMs = 100;
/**
 * A long test is asked less often: ten questions a second are a sixth of the harness's own CPU. What it waits longer at
 * its end is a hundredth of what it took, and a second at most.
 */
const lookAtTestEveryMs = (sinceStartMs: number): number => Math.min(1000, Math.max(lookEveryMs, sinceStartMs / 100));

const answer = z.object({ data: z.object({ attributes: z.object({ status: z.number() }) }) });
/** k6's lib.ExecutionStatus: from this one on the test is over, teardown included. */
const endedStatus = 9;

/** Whether k6's own REST API says that the test is over; false where it does not answer (yet, or any more). */
const isOver = async (port: number): Promise<boolean> => {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/v1/status`, { signal: AbortSignal.timeout(2000) });
    return answer.parse(await response.json()).data.attributes.status >= endedStatus;
  } catch {
    return false;
  }
};

/** What the run needs so that k6 leaves once all has arrived: a port for its API, and what the receiver has of it. */
export const lastExportOf = async (
  workspace: Pick<Workspace, 'freePorts'>,
  receiver: { k6ExportedUpToMs(): number },
): Promise<LastExport> => ({
  apiPort: (await workspace.freePorts(1))[0]!,
  exportedUpToMs: receiver.k6ExportedUpToMs,
});

export interface K6End {
  /** SIGINT, once: a second one would make k6 drop everything. */
  interrupt(): void;
}

/** Waits for the end of the test, and for what is still to be exported, and tells k6 to leave. */
export const watchEnd = (k6: OwnedProcess, lastExport: LastExport | undefined): K6End => {
  let isInterrupted = false;
  const interrupt = (): void => {
    if (!isInterrupted && k6.ended === null) k6.kill('SIGINT');
    isInterrupted = true;
  };
  const pause = (forMs: number): Promise<void> => sleep(forMs, undefined, { ref: false });
  const watch = async ({ apiPort, exportedUpToMs }: LastExport): Promise<void> => {
    const startedAtMs = Date.now();
    while (k6.ended === null && !(await isOver(apiPort))) await pause(lookAtTestEveryMs(Date.now() - startedAtMs));
    const endedAtMs = Date.now();
    const isExported = (): boolean => exportedUpToMs() >= endedAtMs + flushedMs || Date.now() >= endedAtMs + mostTailMs;
    while (k6.ended === null && !isExported()) await pause(lookEveryMs);
    interrupt();
  };
  if (lastExport !== undefined) void watch(lastExport);
  return { interrupt };
};
