/** What decides how a scenario comes out, as one mark. */
import { createHash } from 'node:crypto';
import type { ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';

/** Words for people, and what is said of an entry once it has been judged: none of it changes a verdict. */
const saidOnly = new Set(['title', 'purpose', 'seeds', 'story', 'note', 'claims', 'diagnosis', 'keyCharts']);

/**
 * Two attempts with one mark had the same load, settings, steps and bounds. The scenario's new words leave it as it is,
 * so that a series goes on after they were mended; anything else begins it anew.
 */
export const boundsOf = (declaration: ScenarioDeclaration): string => {
  const decides = JSON.stringify(declaration, (key, value: unknown) => (saidOnly.has(key) ? undefined : value));
  return createHash('sha256').update(decides).digest('hex').slice(0, 12);
};
