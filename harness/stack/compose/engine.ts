/** The Docker engine, through testcontainers' client, and whether its containers share the host's network. */
import { execa } from 'execa';
import semver from 'semver';
import type { ContainerRuntimeClient } from 'testcontainers';
import { environmentError, messageOf } from '../../errors.ts';

export type Docker = ContainerRuntimeClient['container']['dockerode'];
export type Container = ReturnType<Docker['getContainer']>;

export interface Engine {
  docker: Docker;
  version: string;
  /** As in DOCKER_HOST; null for one that is not on a socket of this machine. */
  address: string | null;
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

/** The oldest tried: 2.18 drops all but the first `!reset` of a file. */
const oldestCompose = '2.20.3';

export const composeNeed =
  `${oldestCompose} or later is needed: sudo apt-get install docker-compose-plugin, or ` +
  'https://docs.docker.com/compose/install';

/** One that does not say its version is taken for a new one. */
export const composeIsOld = (version: string): boolean =>
  semver.lt(semver.coerce(version)?.version ?? oldestCompose, oldestCompose);

const ask = async (...args: string[]): Promise<string> =>
  (await execa('docker', args, { timeout: 10_000, stdin: 'ignore' })).stdout.trim();

const checkCompose = async (): Promise<void> => {
  const version = await ask('compose', 'version', '--short').catch((error: unknown) => {
    throw environmentError(
      `docker compose does not answer here; ${composeNeed}; or do without by --stack local`,
      undefined,
      error,
    );
  });
  if (composeIsOld(version))
    throw environmentError(`docker compose is ${version}; ${composeNeed}; or do without by --stack local`);
};

/**
 * The Docker client follows DOCKER_HOST, or the context in use (Docker Desktop, Colima, rootless). testcontainers, the
 * count of usage and a later clean-up must ask the same engine. They know DOCKER_HOST only, so the address is put
 * there.
 */
const settleAddress = async (): Promise<string | null> => {
  const address = await ask('context', 'inspect', '--format', '{{.Endpoints.docker.Host}}').catch(() => '');
  if (!address.startsWith('unix://')) return null;
  process.env['DOCKER_HOST'] = address;
  return address;
};

/** PGSURGE_COMPOSE_HOST=1 or 0 decides; else the host's network where the engine has no bridge network. */
export const onHostNetwork = (
  asked: string | undefined,
  networks: readonly { Name: string; Driver: string }[],
): boolean => {
  if (asked === '1' || asked === '0') return asked === '1';
  return !networks.some(({ Name, Driver }) => Name === 'bridge' && Driver === 'bridge');
};

/** Throws an environmentError where no engine answers, or no docker compose that is new enough. */
export const resolveEngine = async (): Promise<Engine> => {
  const [address] = await Promise.all([settleAddress(), checkCompose()]);
  for (const [name, value] of Object.entries(testcontainersDefaults)) process.env[name] ??= value;
  // Only here, since it takes a third of a second to load.
  const { getContainerRuntimeClient } = await import('testcontainers');
  try {
    const {
      container: { dockerode: docker },
      info,
    } = await getContainerRuntimeClient();
    return {
      docker,
      address,
      version: String(info.containerRuntime.serverVersion),
      hostNetwork: onHostNetwork(process.env['PGSURGE_COMPOSE_HOST'], await docker.listNetworks()),
    };
  } catch (error) {
    throw environmentError(
      `no Docker engine answers (${messageOf(error)}); start it, or do without by --stack local; ` +
        'pgsurge doctor says more',
    );
  }
};
