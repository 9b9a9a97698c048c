import type { ScenarioDeclaration, StepDeclaration, VariantDeclaration } from '../../scenarios/lib/declaration.ts';
import type { PhaseResult } from '../result.ts';
import { environmentOf } from './environment.ts';
import { stepDueMs } from './step-due.ts';

/** What an entry costs apart from its load and steps: stack, service, settle, check, page. Measured: 3 to 6 s on two cores. */
const overheadSeconds = 5;
/** Old one stopped, new one ready. Measured on saved runs, per replica: 0.4 to 1.1 s. */
const restartSecondsPerReplica = 0.7;
/** Logins, first queries, checks and settling over a link of stated latency. Measured on thundering-herd: 5 to 15 round trips. */
const linkRoundTrips = 12;

interface Planned {
  declaration: ScenarioDeclaration;
  variant: VariantDeclaration;
  phases: readonly PhaseResult[];
}

const secondsOf = (step: StepDeclaration, replicas: number): number =>
  (step.do === 'restart' || step.do === 'roll' ? (step.times ?? 1) * replicas * restartSecondsPerReplica : 0) +
  (step.do === 'inject' ? 0 : (step.holdSeconds ?? 0));

/** Steps run one after the other, each no sooner than it is due; a fault holds while those after it go on. */
const stepsEndSeconds = ({ declaration, variant, phases }: Planned): number => {
  const replicas = environmentOf({ declaration, variant }).replicas ?? 2;
  const due = (declaration.steps ?? [])
    .filter(({ variants }) => variants == null || variants.includes(variant.name))
    .map((step) => ({ step, dueSeconds: stepDueMs(step, phases) / 1000 }))
    .sort((a, b) => a.dueSeconds - b.dueSeconds);
  let nowSeconds = 0;
  let endSeconds = 0;
  for (const { step, dueSeconds } of due) {
    nowSeconds = Math.max(nowSeconds, dueSeconds) + secondsOf(step, replicas);
    endSeconds = Math.max(endSeconds, nowSeconds + (step.do === 'inject' ? (step.holdSeconds ?? 0) : 0));
  }
  return endSeconds;
};

/** How long an entry takes, as far as its declaration says: the load or the steps beside it, whichever ends later, and what surrounds them. */
export const entrySeconds = (planned: Planned): number => {
  const { phases } = planned;
  const latencyMs = environmentOf(planned).stack?.databaseLinkLatencyMs ?? 0;
  return (
    Math.max((phases.at(-1)?.endMs ?? 0) / 1000, stepsEndSeconds(planned)) +
    overheadSeconds +
    (linkRoundTrips * latencyMs) / 1000
  );
};
