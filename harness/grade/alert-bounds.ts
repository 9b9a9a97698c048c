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

/** A wrong id is a mistake in the code, so it throws. */
const byId = (id: string): AlertBound => {
  const found = alertBounds.find((bound) => bound.id === id);
  if (found === undefined) throw new Error(`alert-bounds.json has no bound "${id}"`);
  return found;
};

/** The bound with that id. */
export const alertBound = (id: string): Bound => {
  const { severity, comparator, value } = byId(id);
  return { severity, comparator, value };
};

/** How long that bound must be broken to count, at full scale. */
export const alertSeconds = (id: string): number => byId(id).forSeconds;
