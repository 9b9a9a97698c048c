/** What to do where a criterion could not be judged: the same words in a verdict and in a diagnosis. */
import type { CriterionResult } from '../result.ts';

export const howToSee =
  'See that every source speaks (the health table of the page, pgsurge doctor) and that the host is otherwise ' +
  'idle, then run again; an inconclusive is never a pass.';

/** They were seen, and what they ask did not come about: more sources would not tell more of it. */
const seenAllTheSame = new Set(['script-checks', 'script-thresholds', 'evidence', 'faults-bit', 'steps-done']);

/** What was measured, and yet decides nothing, has a next step of its own; so has what the script did not ask. */
export const nextStepOfUnknown = ({ id, value, nextStep }: CriterionResult): string =>
  value !== null || seenAllTheSame.has(id) ? (nextStep ?? howToSee) : howToSee;
