/**
 * The link: a process that stands between two parts of the stack and holds every answer back for the stated round trip.
 * Toxiproxy does the same for more than twice the CPU (docs/link.md), so it stands there only where a fault needs it.
 * Environment: PGSURGE_LINK_HOPS, hops with commas between them, each as "listen upstream ms":
 * 127.0.0.1:25618 127.0.0.1:25602 10,127.0.0.1:25619 127.0.0.1:25601 10
 * It runs by itself, in the service's image too, and imports nothing of the project.
 */
import { connect, createServer, type Socket } from 'node:net';

interface Address {
  host: string;
  port: number;
}

interface LinkHop {
  listen: Address;
  upstream: Address;
  roundTripMs: number;
}

interface Held {
  dueMs: number;
  deliver(): void;
}

/** Timers are whole ms and come late, so what is nearly due goes with what is. */
const nearlyMs = 0.3;

/** Delivers in the order in which things were held, each after the same time, with one timer for all. */
const createDelay = (ms: number): ((deliver: () => void) => void) => {
  const line: Held[] = [];
  let waiting = false;
  const wait = (): void => {
    const first = line[0];
    if (first === undefined || waiting) return;
    waiting = true;
    setTimeout(deliverDue, Math.max(1, first.dueMs - performance.now()));
  };
  const deliverDue = (): void => {
    waiting = false;
    const nowMs = performance.now() + nearlyMs;
    const later = line.findIndex(({ dueMs }) => dueMs > nowMs);
    for (const { deliver } of line.splice(0, later < 0 ? line.length : later)) deliver();
    wait();
  };
  return (deliver) => {
    line.push({ dueMs: performance.now() + ms, deliver });
    wait();
  };
};

const delays = new Map<number, ReturnType<typeof createDelay>>();

/** All connections with the same round trip share one line. */
const delayOf = (ms: number): ReturnType<typeof createDelay> => {
  const delay = delays.get(ms) ?? createDelay(ms);
  delays.set(ms, delay);
  return delay;
};

const join = (client: Socket, { upstream, roundTripMs }: LinkHop): void => {
  const server = connect({ ...upstream, noDelay: true });
  const hold = delayOf(roundTripMs);
  client.on('data', (data) => void server.write(data));
  server.on('data', (data) => hold(() => void client.write(data)));
  client.on('end', () => server.end());
  server.on('end', () => hold(() => client.end()));
  // What breaks on one side breaks on the other: a refused or reset connection looks as it would without a link.
  client.on('error', () => server.destroy());
  server.on('error', () => client.resetAndDestroy());
  client.on('close', () => server.destroy());
  server.on('close', () => hold(() => client.destroy()));
};

const addressOf = (text = ''): Address => {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
};

const hopOf = (text: string): LinkHop => {
  const [listen, upstream, ms] = text.trim().split(/\s+/);
  return { listen: addressOf(listen), upstream: addressOf(upstream), roundTripMs: Number(ms) };
};

const open = (hop: LinkHop): Promise<void> =>
  new Promise((resolve, reject) => {
    const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => join(client, hop));
    server.on('error', reject);
    server.listen(hop.listen, resolve);
  });

const say = ({ listen, upstream, roundTripMs }: LinkHop): void =>
  void process.stdout.write(`${listen.port} to ${upstream.host}:${upstream.port}: ${roundTripMs} ms\n`);

const serve = async (): Promise<void> => {
  const hops = (process.env['PGSURGE_LINK_HOPS'] ?? '').split(',').map(hopOf);
  await Promise.all(hops.map(open));
  for (const hop of hops) say(hop);
  // Whoever started it reads this: a connection would be passed on to the server behind.
  process.stdout.write('the link serves\n');
};

process.on('SIGTERM', () => process.exit(0));
serve().catch((error: unknown) => {
  process.stderr.write(`ERROR the link: ${String(error)}\n`);
  process.exit(1);
});
