/** Where a service's parts run: as processes of this machine, or in containers. The rest of a launch is the same. */
import type { SettingValues } from '../../scenarios/lib/declaration.ts';
import type { StartedStack } from '../stack/stack.ts';
import type { Workspace } from '../system/workspace.ts';
import type { ServiceProcess } from './service-process.ts';
import type { ServiceSpec } from './started-service.ts';

export interface LaunchContext {
  workspace: Workspace;
  logsFolder: string;
  /** Takes one line for a person. */
  log: (line: string) => void;
}

export interface Launch extends LaunchContext {
  stack: StartedStack;
  spec: ServiceSpec;
  folder: string;
  /** The settings with which the next replica starts. */
  settings: SettingValues;
}

export interface Placement {
  replicas: ServiceProcess[];
  front: ServiceProcess;
  /** Told while these replicas are down, before they start with the settings that are now in force. */
  settingsChanged(instances: readonly number[]): Promise<void>;
}

/**
 * The service's settings as it reads them. Releases of before December 2026 read the second name: `--against` runs
 * them, so both are handed over until no such release is compared any more.
 */
export const settingsVariables = (settings: SettingValues): Record<string, string> => ({
  PGSURGE_SERVICE_SETTINGS: JSON.stringify(settings),
  PGSURGE_TARGET_SETTINGS: JSON.stringify(settings),
});

export const host = '127.0.0.1';
/** A cold start on two busy cores takes two to three seconds; slow logins by stated latency some more. */
export const readyLimitMs = 30_000;
export const readyUrl = (port: number): string => `http://${host}:${port}/ready`;
export const settingsUrl = (port: number): string => `http://${host}:${port}/settings`;
export const frontReadyUrl = (port: number): string => `http://${host}:${port}/front/ready`;
