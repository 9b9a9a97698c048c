/** What a variant declares to be looked for: its symptoms, its proofs, and the scenario's claims. */
import type { ScenarioDeclaration, SymptomDeclaration, VariantDeclaration } from '../../scenarios/lib/declaration.ts';
import type { Observation } from '../../scenarios/lib/observation.ts';

interface Declared {
  declaration: Pick<ScenarioDeclaration, 'symptoms' | 'proofs' | 'claims'>;
  variant: Pick<VariantDeclaration, 'symptoms' | 'proofs'>;
}

/** The variant's word beats the scenario's. */
export const symptomsOf = ({ declaration, variant }: Declared): readonly SymptomDeclaration[] =>
  variant.symptoms ?? declaration.symptoms ?? [];

export const proofsOf = ({ declaration, variant }: Declared): readonly SymptomDeclaration[] =>
  variant.proofs ?? declaration.proofs ?? [];

/** Under what a proof's answer is kept: a proof may have the id of the symptom that it is the end of. */
export const proofAnswer = (id: string): string => `proof:${id}`;
/** Under what a claim's answer is kept: claims have no ids. */
export const claimAnswer = (index: number): string => `claim:${index}`;

/** All of it, each with the id under which its answer is kept. */
export const declaredObservations = (declared: Declared): { id: string; observe: Observation | null | undefined }[] => [
  ...symptomsOf(declared).map(({ id, observe }) => ({ id, observe })),
  ...proofsOf(declared).map(({ id, observe }) => ({ id: proofAnswer(id), observe })),
  ...(declared.declaration.claims ?? []).map(({ measure }, index) => ({ id: claimAnswer(index), observe: measure })),
];
