/**
 * The one classifier of errors: family, what it says of the outcome, likely causes, next step.
 * Texts come before SQLSTATEs: behind PgBouncer nearly all is 08P01, and only the words tell "never ran" from "may have
 * committed".
 */
import { errorFamilies } from './error-families.ts';
import { signatures, sqlstates } from './error-signatures.ts';
import type { Outcome, Signature } from './signature.ts';

export interface ClassifiedError {
  family: string;
  title: string;
  outcome: Outcome;
  causes: readonly string[];
  nextStep: string;
  /** The table's row that matched; null when the SQLSTATE decided, or nothing. */
  signature: Signature | null;
}

const familyById = new Map(errorFamilies.map((family) => [family.id, family]));

const classified = (id: string, outcome: Outcome | undefined, signature: Signature | null): ClassifiedError => {
  const family = familyById.get(id) ?? errorFamilies.at(-1)!;
  return {
    family: family.id,
    title: family.title,
    outcome: outcome ?? family.outcome,
    causes: family.causes,
    nextStep: family.nextStep,
    signature,
  };
};

/** As Go and Postgres write it, as Node prints an error's fields, or the whole text. */
const sqlstateForms = [/\b(?:SQLSTATE[ :=[]*|code: ')([0-9A-Z]{5})\b/, /^\s*([0-9][0-9A-Z]{4})\s*$/];

const sqlstateIn = (text: string): string | null =>
  sqlstateForms.map((form) => form.exec(text)?.[1]).find((state) => state !== undefined) ?? null;

/** Family of an error text, of any driver; `sqlstate` (else one found in the text) decides where the words do not. */
export const classifyError = (text: string, sqlstate?: string | null): ClassifiedError => {
  const signature = signatures.find(({ pattern }) => pattern.test(text));
  if (signature !== undefined) return classified(signature.family, signature.outcome, signature);
  const state = sqlstate ?? sqlstateIn(text);
  const known = state === null ? undefined : (sqlstates[state] ?? sqlstates[state.slice(0, 2)]);
  return known === undefined ? classified('other', undefined, null) : classified(known.family, known.outcome, null);
};
