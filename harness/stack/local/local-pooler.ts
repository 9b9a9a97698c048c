import type { Address } from '../../servers/address.ts';
import type { Tool, ToolLog } from '../../tools/tool.ts';
import type { StackSpec } from '../stack.ts';

export interface PoolerConfiguration {
  tool: Tool;
  instance: number;
  spec: StackSpec;
  address: Address;
  /** The database, or the proxy in front of it. */
  upstream: Address;
  folder: string;
  /** Names and passwords of all who may log in, the console's administrator among them. */
  users: Readonly<Record<string, string>>;
}

/** How one product of a pooler is got and started as a process on loopback. */
export interface LocalPooler {
  resolve(log: ToolLog): Promise<Tool>;
  /** Writes the files that it reads into the folder; gives the arguments it is started with. */
  configure(configuration: PoolerConfiguration): string[];
  /** What of its settings this version of the product leaves out of force, in words; null where nothing. */
  notInForce?(tool: Tool, spec: StackSpec): string | null;
}
