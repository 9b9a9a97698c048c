/**
 * What is in force for one variant: the environment, what a reference variant changes of it, and the variant's own
 * settings over both.
 */
import type {
  EnvironmentDeclaration,
  LoadDeclaration,
  ScenarioDeclaration,
  VariantDeclaration,
} from '../../scenarios/lib/declaration.ts';

interface Declared {
  declaration: Pick<ScenarioDeclaration, 'environment' | 'load'>;
  variant: VariantDeclaration;
}

/** Later layers win; null and absent change nothing. */
const overlaid = <Layer extends object>(...layers: readonly (Layer | null | undefined)[]): Layer =>
  Object.fromEntries(
    layers.flatMap((layer) => Object.entries(layer ?? {}).filter(([, value]) => value !== null && value !== undefined)),
  ) as Layer;

export const environmentOf = ({ declaration: { environment }, variant }: Declared): EnvironmentDeclaration => {
  const reference = variant.reference ?? {};
  const layers = [environment, reference, variant];
  return {
    route: variant.route ?? reference.route ?? environment.route,
    replicas: reference.replicas ?? environment.replicas,
    stack: overlaid(environment.stack, reference.stack),
    pooler: overlaid(...layers.map(({ pooler }) => pooler)),
    roles: {
      app: overlaid(...layers.map(({ roles }) => roles?.app)),
      listen: overlaid(...layers.map(({ roles }) => roles?.listen)),
    },
    service: overlaid(...layers.map(({ service }) => service)),
    budget: environment.budget,
  };
};

export const loadOf = ({ declaration: { load }, variant }: Declared): LoadDeclaration =>
  overlaid<LoadDeclaration>(load, variant.reference?.load as LoadDeclaration | null | undefined);
