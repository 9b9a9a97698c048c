import type { Prepared } from './contexts.ts';

/** Loaded by a script of the user's own, which knows nothing of our journeys, ledger and phases. */
export const isForeign = ({ external, own }: Pick<Prepared, 'external' | 'own'>): boolean =>
  external !== null || own !== null;
