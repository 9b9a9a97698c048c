import type { Bound } from '../result.ts';
import file from './alert-bounds.json' with { type: 'json' };

/**
 * One alert bound, from the seeds (docs/glossary.md). `criterion` is null where only the report and Prometheus use it.
 */
export interface AlertBound extends Bound {
  id: string;
  criterion: string | null;
  title: string;
  unit: string;
  source: string;
  forSeconds: number;
  /** The same condition as a Prometheus expression that is true when the bound is broken. */
  prometheus: string;
}

export const alertBounds = file.bounds as readonly AlertBound[];

/** The bound with that id; a wrong id is a mistake in the code, so it throws. */
export const alertBound = (id: string): Bound => {
  const found = alertBounds.find((bound) => bound.id === id);
  if (found === undefined) throw new Error(`alert-bounds.json has no bound "${id}"`);
  return { severity: found.severity, comparator: found.comparator, value: found.value };
};
