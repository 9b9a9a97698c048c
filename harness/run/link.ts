import type { ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';

/** The declaration as if it had been written with this round trip; undefined leaves it as it is. */
export const withLink = (declaration: ScenarioDeclaration, linkMs: number | undefined): ScenarioDeclaration => {
  if (linkMs === undefined) return declaration;
  const { environment } = declaration;
  return { ...declaration, environment: { ...environment, stack: { ...environment.stack, linkMs } } };
};

/** As if it had asked for a tap on each hop. */
export const withTap = (declaration: ScenarioDeclaration, tap: boolean | undefined): ScenarioDeclaration => {
  if (tap !== true) return declaration;
  const { environment } = declaration;
  return { ...declaration, environment: { ...environment, stack: { ...environment.stack, tap } } };
};
