/**
 * The one classifier of errors: family, what it says of the outcome, likely causes, next step.
 * Texts come before SQLSTATEs: behind PgBouncer nearly all is 08P01, and only the words tell "never ran" from "may have
 * committed". Only vague words, which many programs use, come after them.
 */
import { errorFamilies } from './error-families.ts';
import { sharpSignatures, vagueSignatures } from './error-signatures.ts';
import type { Outcome, Signature } from './signature.ts';
import { meaningOf, sqlstateIn } from './sqlstates.ts';
import { inEnglish } from './translated.ts';
import { namesAnotherSystem, otherSystem } from './elsewhere.ts';

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
    causes: signature?.causes ?? family.causes,
    nextStep: signature?.nextStep ?? family.nextStep,
    signature,
  };
};

const bySignature = (text: string, table: readonly Signature[]): ClassifiedError | null => {
  const signature = table.find(({ pattern }) => pattern.test(text));
  return signature === undefined ? null : classified(signature.family, signature.outcome, signature);
};

const byState = (sqlstate: string | null): ClassifiedError | null => {
  const meaning = sqlstate === null ? undefined : meaningOf(sqlstate);
  return meaning === undefined ? null : classified(meaning.family, meaning.outcome, null);
};

/** Postgres speaks the language of lc_messages, to its log and to its clients. */
const byTranslation = (text: string): ClassifiedError | null => {
  const english = inEnglish(text);
  return english === null ? null : (bySignature(english, sharpSignatures) ?? bySignature(english, vagueSignatures));
};

/** A PANIC takes the whole server down: what was under way, a COMMIT too, is unknown whatever the words say. */
const afterPanic = (found: ClassifiedError, text: string): ClassifiedError =>
  /\bPANIC\b/.test(text) ? { ...found, outcome: 'unknown' } : found;

/** `beside`: what else the same event of a log says, where the words alone do not tell who was dialled. */
export const elsewhere = (found: ClassifiedError, text: string, beside = ''): ClassifiedError =>
  found.signature?.ofAnySystem === true && namesAnotherSystem(`${text} ${beside}`)
    ? classified(otherSystem.family, undefined, otherSystem)
    : found;

/** Family of an error text, of any driver; `sqlstate` (else one found in the text) decides where the words do not. */
export const classifyError = (text: string, sqlstate?: string | null): ClassifiedError => {
  const found =
    bySignature(text, sharpSignatures) ??
    byState(sqlstate ?? sqlstateIn(text)) ??
    byTranslation(text) ??
    bySignature(text, vagueSignatures) ??
    classified('other', undefined, null);
  return elsewhere(afterPanic(found, text), text);
};
