/** What decides how a scenario comes out, as one mark. */
import { createHash } from 'node:crypto';
import type { ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';

/** Words for people, and what is said of an entry once it has been judged: none of it changes a verdict. */
const saidOnly = new Set(['title', 'purpose', 'seeds', 'story', 'note', 'claims', 'diagnosis', 'keyCharts']);

/** What the scenario's symptoms are to a variant that is to pass, or has its own. */
const unasked = { symptoms: null };

/**
 * Two attempts of a variant with one mark had the same load, settings, steps and bounds. The scenario's new words leave
 * it as it is, so that a series goes on after they were mended; anything else begins that variant anew.
 */
export const boundsOf = ({ variants, ...declaration }: ScenarioDeclaration, name: string): string => {
  const variant = variants.find((one) => one.name === name);
  const asksForItsOwn = variant?.expected === 'pass' || variant?.symptoms != null;
  const decides = { ...declaration, ...(asksForItsOwn ? unasked : {}), variant };
  const text = JSON.stringify(decides, (key, value: unknown) => (saidOnly.has(key) ? undefined : value));
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
};
