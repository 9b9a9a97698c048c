/** Further services of the stack's project: the service under test, in containers of its own. */
import { createServer, connect as connectTcp, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { environmentError, messageOf } from '../../errors.ts';
import { dialledBy, urlOf, type Addresses } from '../addresses.ts';
import type { RoleName } from '../roles.ts';
import type { ContainerHost } from '../stack.ts';
import { ContainerPart } from './container.ts';
import type { Container, Docker } from './engine.ts';
import { buildImages, compose, insideAddress, type Project } from './project.ts';

const createLimitMs = 60_000;

/** The project's containers by the names of their services, also those that do not run. */
export const containersOf = async (docker: Docker, project: Project): Promise<Map<string, Container>> => {
  const found = await docker.listContainers({
    all: true,
    filters: { label: [`com.docker.compose.project=${project.name}`] },
  });
  return new Map(found.map(({ Id, Labels }) => [Labels['com.docker.compose.service'] ?? '', docker.getContainer(Id)]));
};

export const containerOf = (containers: Map<string, Container>, service: string): Container => {
  const container = containers.get(service);
  if (container === undefined)
    throw environmentError(`the container of ${service} is gone; docker events may tell why`);
  return container;
};

const make = async (docker: Docker, project: Project, services: readonly string[]): Promise<Map<string, Container>> => {
  await compose(project, ['up', '--no-start', '--no-deps', '--no-build', ...services], createLimitMs);
  return containersOf(docker, project);
};

const listenOn = (server: Server, gateway: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        environmentError(
          `the service's metrics cannot be received on ${gateway}:${port}: ${messageOf(error)}; ` +
            'or use PGSURGE_COMPOSE_HOST=1',
        ),
      ),
    );
    server.listen({ host: gateway, port }, resolve);
  });

/** Forwards what comes to the network's gateway, which only its containers and this machine reach, to loopback. */
const relay = async (gateway: string, port: number): Promise<AsyncDisposable> => {
  const open = new Set<Socket>();
  const server = createServer((from) => {
    const to = connectTcp(port, '127.0.0.1');
    for (const socket of [from, to]) {
      open.add(socket);
      socket.on('error', () => {
        from.destroy();
        to.destroy();
      });
      socket.on('close', () => open.delete(socket));
    }
    from.pipe(to).pipe(from);
  });
  await listenOn(server, gateway, port);
  return {
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
};

interface NetworkShape {
  IPAM?: { Config?: { Gateway?: string }[] };
}

/** The gateway if it is an address of this machine; null where the engine runs elsewhere, as Docker Desktop does. */
const ownGateway = async (docker: Docker, project: Project): Promise<string | null> => {
  const network = (await docker.getNetwork(`${project.name}_default`).inspect()) as NetworkShape;
  const gateway = network.IPAM?.Config?.[0]?.Gateway ?? null;
  const own = Object.values(networkInterfaces())
    .flat()
    .some((entry) => entry?.address === gateway);
  return own ? gateway : null;
};

export interface HostOptions {
  docker: Docker;
  project: Project;
  addresses: Addresses;
  passwords: Record<RoleName, string>;
  cleanup: AsyncDisposableStack;
}

export const containerHost = ({ docker, project, addresses, passwords, cleanup }: HostOptions): ContainerHost => ({
  listenHost: project.hostNetwork ? '127.0.0.1' : '0.0.0.0',
  nameOf: (service) => (project.hostNetwork ? '127.0.0.1' : service),
  serviceUrl: (route, role, replica = 0) =>
    urlOf(insideAddress(addresses, dialledBy(replica, route, addresses), project.hostNetwork), role, passwords),
  outward: async (url) => {
    const { port } = new URL(url);
    if (project.hostNetwork) return url;
    const gateway = await ownGateway(docker, project);
    // Docker Desktop leads this name to the machine's own loopback.
    if (gateway === null) return `http://host.docker.internal:${port}`;
    cleanup.use(await relay(gateway, Number(port)));
    return `http://${gateway}:${port}`;
  },
  create: async (services, { variables, overlay }) => {
    const files = overlay === null ? project.files : [...project.files, overlay];
    const parts = new Map<string, ContainerPart>();
    await buildImages(project);
    let containers = await make(
      docker,
      { ...project, files, variables: { ...project.variables, ...variables } },
      services,
    );
    return {
      service: (name, options) => {
        const part = new ContainerPart(docker, containerOf(containers, name), options);
        parts.set(name, part);
        return part;
      },
      apply: async (changed, values) => {
        containers = await make(docker, { ...project, files, variables: { ...project.variables, ...values } }, changed);
        for (const [name, part] of parts) part.nowIn(containerOf(containers, name));
      },
    };
  },
});
