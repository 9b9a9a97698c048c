import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { usageError } from '../errors.ts';
import { ownModule } from '../own-modules.ts';
import type { Workspace } from '../system/workspace.ts';
import type { ExternalOptions } from './external/options.ts';
import type { LostPart } from './lost.ts';
import { holdNeighbours } from './neighbours.ts';
import type { StackSpec, StartedStack } from './stack.ts';

export interface StackContext {
  workspace: Workspace;
  /** Made if missing. */
  logsFolder: string;
  /** One line for a person: why this takes a while. */
  log: (line: string) => void;
  /** A part that served ended, and neither a fault nor the end of the stack ended it. */
  onLost?: (lost: LostPart) => void;
  /** Where a service of the user's own is; only the provider `external` asks for it. */
  external?: ExternalOptions | undefined;
}

/** What `harness/stack/<provider>/provider.ts` exports. */
interface StackProvider {
  startProvider(spec: StackSpec, context: StackContext): Promise<StartedStack>;
}

const providerFile = (provider: string): URL => ownModule(new URL(`./${provider}/provider.ts`, import.meta.url));

/** Names of the providers: the folders beside this file that hold a provider.ts. */
const stackProviders = (): string[] =>
  readdirSync(new URL('.', import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(providerFile(entry.name)))
    .map(({ name }) => name);

const withNeighbours = async (stack: StartedStack, sessions: number): Promise<StartedStack> => {
  await using started = new AsyncDisposableStack();
  started.use(stack);
  started.use(await holdNeighbours(stack, sessions));
  const all = started.move();
  return { ...stack, [Symbol.asyncDispose]: () => all.disposeAsync() };
};

/** A fresh stack, ready for connections. Whatever fails, nothing of it is left behind. */
export const startStack = async (provider: string, spec: StackSpec, context: StackContext): Promise<StartedStack> => {
  if (!stackProviders().includes(provider))
    throw usageError(`there is no stack "${provider}"; choose ${stackProviders().join(', ')}`);
  mkdirSync(context.logsFolder, { recursive: true });
  const { startProvider } = (await import(providerFile(provider).href)) as StackProvider;
  const stack = await startProvider(spec, context);
  return spec.neighbourSessions === 0 ? stack : withNeighbours(stack, spec.neighbourSessions);
};
