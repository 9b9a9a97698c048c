import type { ScenarioDeclaration, StepDeclaration, VariantDeclaration } from '../../scenarios/lib/declaration.ts';
import type { PhaseResult } from '../result.ts';
import { environmentOf } from './environment.ts';
import { scaledSeconds, type Profile } from './profiles.ts';
import { dueSteps } from './steps-of-variant.ts';

/**
 * What an entry costs apart from its load, its steps and the start of its replicas. Measured on two cores with nothing
 * beside: 2 s for stack, k6's last export, the looks of the gate, checks and teardown, and on an average over all
 * incidents 2 s until what the load left is done (most leave nothing, some 20 s of work).
 */
const overheadSeconds = 4;
/** Measured on two cores with nothing beside: 0.6 s for one, 1.0 s for three. */
const startSecondsPerReplica = 0.25;
/** Old one stopped, new one ready. Measured per replica: 0.3 to 0.45 s, up to 1.1 s on a busy host. */
const restartSecondsPerReplica = 0.5;
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

const replicasOf = (planned: Planned): number => environmentOf(planned).replicas ?? 2;

const isReplacement = ({ do: what }: StepDeclaration): boolean => what === 'restart' || what === 'roll';

const watchSeconds = ({ watch }: StepDeclaration, { rollout }: VariantDeclaration, profile: Profile): number =>
  watch == null || rollout !== 'canary' ? 0 : scaledSeconds(watch.fullSeconds, watch.floorSeconds, profile);

const secondsOf = (step: StepDeclaration, planned: Planned, profile: Profile): number => {
  const replicas = replicasOf(planned);
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
  const aroundSeconds = overheadSeconds + replicasOf(planned) * startSecondsPerReplica;
  const linkSeconds = (linkRoundTrips * roundTripMs(planned)) / 1000;
  return Math.max(loadSeconds, stepsEndSeconds(planned, profile)) + aroundSeconds + linkSeconds;
};
