/** Stretches of the time axis that charts mark: phases, faults, steps, and where a criterion was broken. */
import type { ScenarioResult } from '../../result.ts';

/** Seconds from the entry's start. */
export interface Span {
  from: number;
  until: number;
  title: string;
  kind: string;
}

/** What all charts of an entry have in common. */
export interface Spans {
  phases: Span[];
  faults: Span[];
  steps: Span[];
}

type Seconds = (ms: number) => number;

const phaseSpans = ({ phases }: ScenarioResult, seconds: Seconds): Span[] =>
  phases.map(({ name, kind, startMs, endMs }) => ({
    from: seconds(startMs),
    until: seconds(endMs),
    title: name,
    kind,
  }));

/** A fault that was never mended lasts until the end. */
const faultSpans = ({ faults }: ScenarioResult, seconds: Seconds, endMs: number): Span[] =>
  faults.flatMap(({ title, injectedAtMs, revertedAtMs }) =>
    injectedAtMs === null
      ? []
      : [{ from: seconds(injectedAtMs), until: seconds(revertedAtMs ?? endMs), title, kind: 'fault' }],
  );

const stepSpans = ({ steps }: ScenarioResult, seconds: Seconds): Span[] =>
  steps.map(({ title, atMs, endMs, ok }) => ({
    from: seconds(atMs),
    until: seconds(endMs ?? atMs),
    title,
    kind: ok ? 'step' : 'failed',
  }));

const secondsFrom =
  (startMs: number): Seconds =>
  (ms) =>
    (ms - startMs) / 1000;

export const spansOf = (scenario: ScenarioResult, startMs: number, endMs: number): Spans => {
  const seconds = secondsFrom(startMs);
  return {
    phases: phaseSpans(scenario, seconds),
    faults: faultSpans(scenario, seconds, endMs),
    steps: stepSpans(scenario, seconds),
  };
};

/** Evidence of criteria of this chart that did not pass. */
export const violationsOf = (scenario: ScenarioResult, chart: string, startMs: number): Span[] => {
  const seconds = secondsFrom(startMs);
  return scenario.criteria
    .filter((criterion) => criterion.chart === chart && ['fail', 'warn'].includes(criterion.verdict))
    .flatMap(({ evidence, title, verdict }) =>
      (evidence ?? []).flatMap(({ atMs, untilMs }) =>
        typeof atMs === 'number'
          ? [{ from: seconds(atMs), until: seconds(untilMs ?? atMs), title, kind: verdict }]
          : [],
      ),
    );
};
