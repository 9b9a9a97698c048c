/** Silences that a declared step or fault explains: a replica that is restarted says nothing meanwhile. */
import type { Window } from '../../measure/tracks/windows.ts';
import type { FaultResult } from '../../result.ts';
import type { JudgedEntry } from '../criterion.ts';
import { brokenFromMs } from '../recovery.ts';

/** What a part had not yet exported when it was ended is gone with it. */
export const lastWordMs = 1500;
/** From the end of a step or fault until the part speaks again: it starts, connects, and is looked at once a second. */
export const graceMs = 5000;

/** A component and which of its instances: `service 1`. */
export interface ComponentInstance {
  component: string;
  instance: string;
}

/** The targets of faults, in their own words (harness/faults/kinds/), and the part that each ends or stops. */
const targets: readonly [pattern: RegExp, component: string][] = [
  [/^(?:service|replica) (\d+)\b/, 'service'],
  [/\bpooler (\d+)\b/, 'pooler'],
  [/^postmaster\b/, 'database'],
  [/^database (\d+)\b/, 'database'],
];

const isHit = ({ target }: FaultResult, { component, instance }: ComponentInstance): boolean =>
  targets.some(([pattern, hit]) => {
    const found = hit === component ? pattern.exec(target) : null;
    return found !== null && (found[1] === undefined || instance === '' || found[1] === instance);
  });

const widened = (startMs: number, endMs: number): Window => ({
  startMs: startMs - lastWordMs,
  endMs: endMs + graceMs,
});

/** Steps that end a part and start it again. */
const restarting: Readonly<Record<string, readonly string[]>> = {
  service: ['restart', 'roll'],
  pooler: ['restart-pooler'],
};

/** Stretches in which that part may be silent, and why nobody is to wonder. */
export const silencesOf = (entry: Pick<JudgedEntry, 'steps' | 'faults'>, part: ComponentInstance): Window[] => {
  const restarts = entry.steps.filter((step) => restarting[part.component]?.includes(step.do) === true);
  const hits = entry.faults.filter((fault) => fault.injectedAtMs !== null && isHit(fault, part));
  return [
    ...restarts.map(({ atMs, endMs }) => widened(atMs, endMs ?? atMs)),
    ...hits.map((fault) => widened(brokenFromMs(entry, fault), fault.revertedAtMs ?? Infinity)),
  ];
};
