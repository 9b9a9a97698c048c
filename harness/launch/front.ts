/** The one port before the replicas. */
import path from 'node:path';
import { z } from 'zod';
import { environmentError } from '../errors.ts';
import { moduleIn } from '../own-modules.ts';
import type { Workspace } from '../system/workspace.ts';
import { waitUntil } from '../system/wait.ts';
import { frontReadyUrl, host, readyLimitMs, type LaunchContext } from './placement.ts';
import { answers, SupervisedProcess, type ServiceProcess } from './service-process.ts';

/** A script of the service's folder, by the Node that runs this. */
export const spawnNode = (
  workspace: Workspace,
  folder: string,
  name: string,
  id: string,
  env: Record<string, string>,
  logFile: string,
): ReturnType<Workspace['spawn']> =>
  workspace.spawn(name, process.execPath, ['--no-warnings', '--max-semi-space-size=4', moduleIn(folder, id)], {
    // Replicas and restarts share what was compiled once.
    env: { NODE_COMPILE_CACHE: path.join(workspace.folder, 'compile-cache'), NODE_ENV: 'production', ...env },
    logFile,
  });

export interface FrontOptions {
  folder: string;
  port: number;
  replicaPorts: readonly number[];
  /** Of a team's own service: how its replicas are asked whether they are ready. */
  environment?: Record<string, string>;
}

export const frontProcess = (
  { folder, port, replicaPorts, environment = {} }: FrontOptions,
  { workspace, logsFolder, log }: LaunchContext,
): ServiceProcess => {
  const logFile = path.join(logsFolder, 'front.log');
  const env = {
    HOST: host,
    PORT: String(port),
    PGSURGE_REPLICA_URLS: replicaPorts.map((one) => `http://${host}:${one}`).join(','),
    ...environment,
  };
  return new SupervisedProcess({
    component: 'front',
    instance: 0,
    title: 'the front',
    budget: null,
    logFile,
    supervise: true,
    log,
    isReady: () => answers(frontReadyUrl(port)),
    readyLimitMs,
    spawn: () => spawnNode(workspace, folder, 'front', 'front', env, logFile),
  });
};

/** Waits for all, so that none is still starting when those that started are stopped; then throws the first failure. */
export const startAll = async (processes: readonly ServiceProcess[]): Promise<void> => {
  const results = await Promise.allSettled(processes.map((process) => process.start()));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
};

/** Until the front sends requests to all of them again: a replica may serve before the front has looked. */
export const frontSees = async (url: string, replicas: number): Promise<void> => {
  await waitUntil(
    'the front sees every replica',
    async () => {
      const response = await fetch(`${url}/front/ready`, { signal: AbortSignal.timeout(1000) });
      return ((await response.json()) as { ready: number }).ready === replicas;
    },
    { limitMs: 10_000, everyMs: 20, fail: environmentError },
  );
};

/** What the front answered itself, by the second and status. */
const answered = z.array(z.object({ atMs: z.number(), status: z.number(), count: z.number() }));
type FrontAnswers = z.infer<typeof answered>;

const answersLimitMs = 5000;

/** Nothing where it does not say it, as a front of an older release: then no answer counts as the front's own. */
export const frontAnswers = async (url: string): Promise<FrontAnswers> => {
  const response = await fetch(`${url}/front/ready`, { signal: AbortSignal.timeout(answersLimitMs) }).catch(() => null);
  const body = (await response?.json().catch(() => null)) as { answered?: unknown } | null | undefined;
  return answered.safeParse(body?.answered).data ?? [];
};
