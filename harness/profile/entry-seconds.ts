import type { ScenarioDeclaration, StepDeclaration, VariantDeclaration } from '../../scenarios/lib/declaration.ts';
import type { PhaseResult } from '../result.ts';
import { environmentOf } from './environment.ts';
import { scaledSeconds, type Profile } from './profiles.ts';
import { dueSteps } from './steps-of-variant.ts';

/**
 * What an entry costs apart from its load and steps: stack, service, settle, check, page. Measured: 3 to 6 s on two
 * cores.
 */
const overheadSeconds = 5;
/** Old one stopped, new one ready. Measured on saved runs, per replica: 0.4 to 1.1 s. */
const restartSecondsPerReplica = 0.7;
/**
 * Logins, first queries, checks and settling over a link of stated latency. Measured on thundering-herd: 5 to 15 round
 * trips.
 */
const linkRoundTrips = 12;

interface Planned {
  declaration: ScenarioDeclaration;
  variant: VariantDeclaration;
  phases: readonly PhaseResult[];
}

const isReplacement = ({ do: what }: StepDeclaration): boolean => what === 'restart' || what === 'roll';

const watchSeconds = ({ watch }: StepDeclaration, { rollout }: VariantDeclaration, profile: Profile): number =>
  watch == null || rollout !== 'canary' ? 0 : scaledSeconds(watch.fullSeconds, watch.floorSeconds, profile);

const secondsOf = (step: StepDeclaration, planned: Planned, profile: Profile): number => {
  const replicas = environmentOf(planned).replicas ?? 2;
  const once = replicas * restartSecondsPerReplica + watchSeconds(step, planned.variant, profile);
  const replacing = isReplacement(step) ? (step.times ?? 1) * once : 0;
  return replacing + (step.do === 'inject' ? 0 : (step.holdSeconds ?? 0));
};

/** Steps run one after the other, each no sooner than it is due; a fault holds while those after it go on. */
const stepsEndSeconds = (planned: Planned, profile: Profile): number => {
  const { declaration, variant, phases } = planned;
  let nowSeconds = 0;
  let endSeconds = 0;
  for (const { step, dueMs } of dueSteps(declaration.steps ?? [], variant.name, phases)) {
    nowSeconds = Math.max(nowSeconds, dueMs / 1000) + secondsOf(step, planned, profile);
    endSeconds = Math.max(endSeconds, nowSeconds + (step.do === 'inject' ? (step.holdSeconds ?? 0) : 0));
  }
  return endSeconds;
};

const roundTripMs = (planned: Planned): number => {
  const { linkMs, databaseLinkLatencyMs } = environmentOf(planned).stack ?? {};
  return (linkMs ?? 0) + (databaseLinkLatencyMs ?? 0);
};

/**
 * How long an entry takes, as far as its declaration says: the load or the steps beside it, whichever ends later, and
 * what surrounds them.
 */
export const entrySeconds = (planned: Planned, profile: Profile): number => {
  const loadSeconds = (planned.phases.at(-1)?.endMs ?? 0) / 1000;
  const latencyMs = roundTripMs(planned);
  return (
    Math.max(loadSeconds, stepsEndSeconds(planned, profile)) + overheadSeconds + (linkRoundTrips * latencyMs) / 1000
  );
};
