import type { ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';
import type { ScenarioResult } from '../result.ts';
import type { JudgeInput } from './criterion.ts';
import { formatExactly } from '../measure/numbers-in-words.ts';
import { observe } from './symptoms.ts';

type Claims = NonNullable<ScenarioDeclaration['claims']>;

/** The seed's sentences beside what was measured here. They never gate. */
export const claimsOf = (
  claims: Claims,
  variant: string,
  judge: Pick<JudgeInput, 'observations' | 'phases' | 'steps'>,
  answers: Readonly<Record<string, number | null>>,
): NonNullable<ScenarioResult['claims']> =>
  claims.flatMap((claim, index) => {
    if (claim.variant != null && claim.variant !== variant) return [];
    if (claim.measure == null) return [{ text: claim.text, seed: claim.seed, measured: 'not measured' }];
    const { observed, value, expected } = observe(`claim:${index}`, claim.measure, judge, answers);
    const measured =
      value === null || observed === null
        ? 'could not be measured'
        : `${formatExactly(value)} (${observed ? 'holds' : 'does not hold'}: ${expected})`;
    return [
      {
        text: claim.text,
        seed: claim.seed,
        measured,
        ...(observed === false && claim.refuted != null ? { note: claim.refuted } : {}),
      },
    ];
  });
