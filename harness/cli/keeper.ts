/**
 * Holds what `pgsurge up` started until `pgsurge down`: a process of its own, so that the shell is free.
 * It writes where things listen to the file given, once all is ready; any failure is written there instead.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { exitCodes, messageOf, PgsurgeError, type ExitCode } from '../errors.ts';
import { defaultStackSpec } from '../stack/spec.ts';
import { startStack } from '../stack/start.ts';
import { createWorkspace } from '../system/workspace.ts';
import { identityOf } from '../system/proc.ts';
import { startService } from '../launch/launch.ts';

export interface KeptStack {
  pid: number;
  startTime: string;
  /** Where everything listens; absent until all is up. */
  ready?: { targetUrl: string; databaseUrl: string; poolerUrl: string; poolerAdminUrls: string[]; logs: string };
  error?: { message: string; exitCode: ExitCode };
}

const [, , stateFile, provider] = process.argv as [string, string, string, string];

const write = (kept: Omit<KeptStack, 'pid' | 'startTime'>): void =>
  writeFileSync(
    stateFile,
    JSON.stringify({ pid: process.pid, startTime: identityOf(process.pid)?.startTime ?? '', ...kept }),
    { mode: 0o600 },
  );

const untilAsked = (): Promise<void> =>
  new Promise((resolve) => {
    const timer = setInterval(() => {}, 60_000);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.on(signal, () => {
        clearInterval(timer);
        resolve();
      });
    }
  });

const hold = async (): Promise<void> => {
  const asked = untilAsked();
  await using workspace = await createWorkspace('up');
  const logsFolder = path.join(workspace.folder, 'logs');
  const context = { workspace, logsFolder, log: () => {} };
  await using stack = await startStack(provider, defaultStackSpec, context);
  await using service = await startService(
    stack,
    {
      replicas: 2,
      route: 'pooler',
      settings: {},
      release: null,
      otlpUrl: 'http://127.0.0.1:4318',
      seed: 1,
      timeScale: 1,
    },
    context,
  );
  write({
    ready: {
      targetUrl: service.url,
      databaseUrl: stack.databaseUrl('owner'),
      poolerUrl: stack.serviceUrl('pooler', 'app'),
      poolerAdminUrls: stack.poolers.map(({ adminUrl }) => adminUrl),
      logs: logsFolder,
    },
  });
  await asked;
};

write({});
try {
  await hold();
} catch (error) {
  write({
    error: {
      message: messageOf(error),
      exitCode: error instanceof PgsurgeError ? error.exitCode : exitCodes.environment,
    },
  });
  // `untilAsked` has a timer that keeps this process alive, and the next `up` would take it for a stack that is up.
  process.exit(1);
}
