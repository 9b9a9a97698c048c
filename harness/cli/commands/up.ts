import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CommandModule } from '../cli.ts';
import { environmentError, exitCodes, PgsurgeError, usageError } from '../../errors.ts';
import type { KeptStack } from '../keeper.ts';
import { ownModule } from '../../own-modules.ts';
import { stateFolder } from '../../system/cache.ts';
import { isAlive } from '../../system/proc.ts';
import { waitUntil } from '../../system/wait.ts';

const stateFile = (): string => path.join(stateFolder(), 'up.json');

const readKept = (): KeptStack | null => {
  try {
    return existsSync(stateFile()) ? (JSON.parse(readFileSync(stateFile(), 'utf8')) as KeptStack) : null;
  } catch {
    return null; // Being written.
  }
};

/** Long enough for a first start that builds tools. */
const startLimitMs = 300_000;
const stopLimitMs = 30_000;

const words = ({ targetUrl, databaseUrl, poolerUrl, poolerAdminUrls, logs }: NonNullable<KeptStack['ready']>): string =>
  [
    `service         ${targetUrl}`,
    `database        ${databaseUrl}`,
    `through pooler  ${poolerUrl}`,
    ...poolerAdminUrls.map((url) => `pooler admin    ${url}`),
    `logs            ${logs}`,
    'until: pgsurge down',
    '',
  ].join('\n');

const refuseSecond = (running: KeptStack | null): void => {
  if (running === null || !isAlive(running)) return;
  const where = running.ready === undefined ? undefined : words(running.ready);
  throw usageError('a stack is up already; pgsurge down ends it', where);
};

/** A process of its own, which outlives this one. */
const startKeeper = (provider: string): ChildProcess => {
  const keeper = fileURLToPath(ownModule(new URL('../keeper.ts', import.meta.url)));
  const child = spawn(process.execPath, ['--no-warnings', keeper, stateFile(), provider], {
    detached: true,
    stdio: 'ignore',
  });
  child.unref();
  return child;
};

const up = async (provider: string): Promise<void> => {
  refuseSecond(readKept());
  rmSync(stateFile(), { force: true });
  const keeper = startKeeper(provider);
  const isDecided = (): boolean => {
    const kept = readKept();
    return kept?.ready !== undefined || kept?.error !== undefined || keeper.exitCode !== null;
  };
  await waitUntil('the stack and the service', isDecided, { limitMs: startLimitMs, everyMs: 50 });
  const kept = readKept();
  if (kept?.error !== undefined) throw new PgsurgeError(kept.error.message, { exitCode: kept.error.exitCode });
  if (kept?.ready === undefined)
    throw environmentError('the process that holds the stack ended at once; pgsurge doctor says what is missing');
  process.stdout.write(words(kept.ready));
};

const down = async (): Promise<void> => {
  const kept = readKept();
  if (kept === null || !isAlive(kept)) {
    process.stdout.write('nothing is up\n');
    return;
  }
  process.kill(kept.pid, 'SIGTERM');
  await waitUntil('the stack to end', () => !isAlive(kept), { limitMs: stopLimitMs, everyMs: 50 });
  rmSync(stateFile(), { force: true });
};

export const command: CommandModule = {
  order: 9,
  register: (program, finish) => {
    program
      .command('up')
      .description('start a stack with the healthy service, to explore; prints where everything listens')
      .option('--stack <provider>', 'local or compose', 'local')
      .action(async (options: { stack: string }) => {
        await up(options.stack);
        finish(exitCodes.asExpected);
      });
    program
      .command('down')
      .description('end what up started')
      .action(async () => {
        await down();
        finish(exitCodes.asExpected);
      });
  },
};
