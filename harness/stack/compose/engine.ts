/** The Docker engine, through testcontainers' client, and whether its containers share the host's network. */
import type { ContainerRuntimeClient } from 'testcontainers';
import { environmentError, messageOf } from '../../errors.ts';

export type Docker = ContainerRuntimeClient['container']['dockerode'];
export type Container = ReturnType<Docker['getContainer']>;

export interface Engine {
  docker: Docker;
  version: string;
  /** Containers run on the host's network: asked for, or since the engine has no bridge network. */
  hostNetwork: boolean;
}

/** What testcontainers reads; a user's own values win. */
const testcontainersDefaults = {
  // Ports are published on loopback only, whatever the engine calls its host.
  TESTCONTAINERS_HOST_OVERRIDE: '127.0.0.1',
  // The workspace's warden clears up after a kill; a container more that does it too is not needed.
  TESTCONTAINERS_RYUK_DISABLED: 'true',
};

/** PGSURGE_COMPOSE_HOST=1 or 0 decides; else the host's network where the engine has no bridge network. */
export const onHostNetwork = (asked: string | undefined, networks: readonly { Name: string; Driver: string }[]): boolean => {
  if (asked === '1' || asked === '0') return asked === '1';
  return !networks.some(({ Name, Driver }) => Name === 'bridge' && Driver === 'bridge');
};

/** Throws an environmentError where no engine answers. */
export const resolveEngine = async (): Promise<Engine> => {
  for (const [name, value] of Object.entries(testcontainersDefaults)) process.env[name] ??= value;
  // Only here, since it takes a third of a second to load.
  const { getContainerRuntimeClient } = await import('testcontainers');
  try {
    const { container: { dockerode: docker }, info } = await getContainerRuntimeClient();
    return { docker, version: String(info.containerRuntime.serverVersion), hostNetwork: onHostNetwork(process.env['PGSURGE_COMPOSE_HOST'], await docker.listNetworks()) };
  } catch (error) {
    throw environmentError(`no Docker engine answers (${messageOf(error)}); start it, or do without by --stack local; pgsurge doctor says more`);
  }
};
