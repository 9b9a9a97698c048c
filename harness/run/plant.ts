/**
 * Defects put into a run on purpose, by tests and by `pgsurge selftest`: into the service and the stack by their
 * settings, into the harness by changing what one of its parts is given. Nothing on the command line leads here.
 */
import { writeFileSync } from 'node:fs';
import type { ScenarioDeclaration, SettingValues } from '../../scenarios/lib/declaration.ts';
import type { Sink } from '../collect/collector.ts';
import type { FaultContext } from '../faults/fault.ts';

export interface Plant {
  /** Settings of the service over those of every variant. */
  settings?: SettingValues;
  /** Settings that the replicas run with though nobody asked for them. */
  unasked?: SettingValues;
  /** postgresql.conf over the scenario's. */
  postgres?: Record<string, string>;
  /** Phases, steps and expectations that differ from the script's; its load stays the script's. */
  declaration?: (declaration: ScenarioDeclaration) => ScenarioDeclaration;
  /** What faults get to see of the stack and the service. */
  faultContext?: (context: FaultContext) => FaultContext;
  /** What is lost on the way from the collectors and the receiver to the samples on disk. */
  sink?: (sink: Sink) => Sink;
  /** The load's record is gone before anybody reads it. */
  emptyLedger?: boolean;
}

export const plantInto = (declaration: ScenarioDeclaration, plant: Plant = {}): ScenarioDeclaration => {
  const changed = plant.declaration?.(declaration) ?? declaration;
  if (plant.postgres === undefined) return changed;
  const { environment } = changed;
  return {
    ...changed,
    environment: {
      ...environment,
      stack: { ...environment.stack, postgres: { ...environment.stack?.postgres, ...plant.postgres } },
    },
  };
};

export const plantIntoSink = (sink: Sink, plant: Plant = {}): Sink => plant.sink?.(sink) ?? sink;

export const plantIntoLedger = (file: string, plant: Plant = {}): void => {
  if (plant.emptyLedger === true) writeFileSync(file, '');
};
