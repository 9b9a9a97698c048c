/** Faults by their ids, and the options that a step gives them. */
import { existsSync } from 'node:fs';
import { z } from 'zod';
import type { ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';
import { messageOf, usageError } from '../errors.ts';
import { ownModule, ownModules } from '../own-modules.ts';
import type { Fault, FaultContext, GivenOptions, ResolvedFault } from './fault.ts';

/** A fault with its options: all that is left is where. */
export interface ChosenFault extends Pick<Fault, 'id' | 'title'> {
  resolve(context: FaultContext): Promise<ResolvedFault>;
}

const faultFile = (id: string): URL => ownModule(new URL(`./kinds/${id}.ts`, import.meta.url));

export const faultIds = (): string[] => ownModules(new URL('./kinds/', import.meta.url)).map(({ id }) => id);

/** Throws a usageError that lists the faults there are. */
export const loadFault = async (id: string): Promise<Fault> => {
  if (!/^[a-z0-9-]+$/.test(id) || !existsSync(faultFile(id)))
    throw usageError(`there is no fault "${id}"; there are ${faultIds().join(', ')}`);
  return ((await import(faultFile(id).href)) as { fault: Fault }).fault;
};

const complaintOf = ({ id, options }: Fault, given: GivenOptions, [issue]: readonly z.core.$ZodIssue[]): string => {
  const names = Object.keys(options);
  const takes = `it takes ${names.length === 0 ? 'no options' : names.join(', ')}`;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  if (unknown !== undefined) return `fault "${id}" has no option "${unknown}": ${takes}`;
  const option = String(issue?.path[0]);
  return `fault "${id}": option ${option} is ${JSON.stringify(given[option])}: ${issue?.message}; ${takes}`;
};

/** Throws a usageError of one line that names the fault, and the option that is wrong. */
export const chooseFault = async (id: string, given: GivenOptions): Promise<ChosenFault> => {
  const fault = await loadFault(id);
  const parsed = z.strictObject(fault.options).safeParse(given);
  if (!parsed.success) throw usageError(complaintOf(fault, given, parsed.error.issues));
  return { id, title: fault.title, resolve: (context) => fault.resolve(context, parsed.data) };
};

/** Before anything starts: every fault that a scenario injects is there, and takes the options that it is given. */
export const checkFaultsOf = async ({ id, steps }: Pick<ScenarioDeclaration, 'id' | 'steps'>): Promise<void> => {
  for (const [position, step] of (steps ?? []).entries()) {
    if (step.do !== 'inject') continue;
    await chooseFault(step.fault ?? '', step.with ?? {}).catch((error: unknown) => {
      throw usageError(`scenario ${id}: steps[${position}]: ${messageOf(error)}`);
    });
  }
};
