/** The ways to the database that are held against each other. */
import path from 'node:path';
import { execa, type ResultPromise } from 'execa';
import type { StartedStack } from '../../harness/stack/stack.ts';
import { freePorts } from '../../harness/system/ports.ts';
import { waitUntil } from '../../harness/system/wait.ts';
import type { Way } from './rounds.ts';

export interface StartedWay {
  name: Way;
  url: string;
  /** The process whose CPU time is told. */
  pid: number | null;
}

export interface StartedWays extends AsyncDisposable {
  all: readonly StartedWay[];
}

const programs = {
  tap: path.join(import.meta.dirname, '../../harness/cli/cli.ts'),
  unread: path.join(import.meta.dirname, 'unread.ts'),
};

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

interface Started {
  way: StartedWay;
  end: () => Promise<unknown>;
}

const startProxy = async (name: keyof typeof programs, upstream: string): Promise<Started> => {
  const [port, metricsPort] = (await freePorts(2)) as [number, number];
  const options = ['--upstream', upstream, '--listen', String(port), '--metrics-port', String(metricsPort)];
  const words = ['--no-warnings', programs[name], 'tap', ...options];
  const child: ResultPromise = execa(process.execPath, words, { reject: false });
  const end = (): Promise<unknown> => {
    child.kill('SIGTERM');
    return child;
  };
  const metrics = `http://127.0.0.1:${metricsPort}/metrics`;
  await waitUntil(`the way ${name}`, () => answers(metrics), { limitMs: 10_000, everyMs: 50 });
  const url = new URL(upstream);
  url.host = `127.0.0.1:${port}`;
  return { way: { name, url: url.href, pid: child.pid! }, end };
};

const nothing = async (): Promise<void> => undefined;

const startWay = async (name: Way, stack: StartedStack): Promise<Started> => {
  const direct = stack.databaseUrl('app');
  if (name === 'direct') return { way: { name, url: direct, pid: null }, end: nothing };
  if (name !== 'toxiproxy') return startProxy(name, direct);
  const usage = stack.components.find((one) => one.name === 'proxy')?.usage();
  const pid = usage?.kind === 'processTree' ? usage.pid : null;
  return { way: { name, url: stack.serviceUrl('direct', 'app'), pid }, end: nothing };
};

export const startWays = async (names: readonly Way[], stack: StartedStack): Promise<StartedWays> => {
  await using started = new AsyncDisposableStack();
  const all: StartedWay[] = [];
  for (const name of names) {
    const { way, end } = await startWay(name, stack);
    started.defer(async () => void (await end()));
    all.push(way);
  }
  const kept = started.move();
  return { all, [Symbol.asyncDispose]: () => kept.disposeAsync() };
};
