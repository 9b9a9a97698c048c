import type { SymptomDeclaration } from './declaration.ts';

/** A symptom or proof that several variants share. */
export const shows = (
  tag: SymptomDeclaration['tag'],
  id: string,
  title: string,
  observe: SymptomDeclaration['observe'],
): SymptomDeclaration => ({ id, title, tag, observe });
