import type { z } from 'zod';
import type { Evidence } from '../result.ts';
import type { PoolerProduct } from '../servers/pooler-products.ts';
import type { StartedService } from '../launch/started-service.ts';
import type { StartedStack } from '../stack/stack.ts';

/** A command that undoes a fault, written to the journal before the fault is injected. Idempotent. */
export type Revert =
  | { kind: 'toxic'; apiUrl: string; proxy: string; toxic: string }
  | { kind: 'signal'; pid: number; startTime: string; signal: NodeJS.Signals }
  | { kind: 'pooler'; product: PoolerProduct; adminUrl: string; resume: string }
  | { kind: 'sql'; url: string; statement: string };

/** A step's `with`, as it was declared: not yet checked by the fault. */
export type GivenOptions = Record<string, string | number | boolean>;

export interface FaultContext {
  stack: StartedStack;
  service: StartedService;
  nowMs(): number;
}

export interface InjectedFault {
  /** When it began, where injecting went on after that; default: when it was injected. */
  injectedAtMs?: number;
  /** What has to be said about how it went. */
  note?: string | undefined;
  /** Ends the fault; doing it twice is harmless. */
  heal(): Promise<void>;
  /** Proof that it is in force, from a source other than the service; null where there is none, or none yet. */
  biteAtTarget(): Promise<Evidence | null>;
  /** Whether a source other than the service shows that the break is gone. */
  revertProved(): Promise<boolean>;
}

export interface ResolvedFault {
  /** What exactly is broken, for people. */
  target: string;
  reverts: Revert[];
  inject(): Promise<InjectedFault>;
}

/**
 * One way to break things; one file under `harness/faults/kinds/`, its id the file's name. Life cycle: docs/faults.md.
 */
export interface Fault<Options extends z.ZodRawShape = z.ZodRawShape> {
  id: string;
  title: string;
  /** What a step's `with` may hold, each with its default. */
  options: Options;
  /** The exact target, or throws: an empty target is an error, never a quiet success. */
  resolve(context: FaultContext, options: z.infer<z.ZodObject<Options>>): Promise<ResolvedFault>;
}

/** Gives back what it gets: through it the compiler knows the types of the options in `resolve`. */
export const defineFault = <const Options extends z.ZodRawShape>(fault: Fault<Options>): Fault<Options> => fault;
