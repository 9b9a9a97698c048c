/**
 * Taps as a part of a stack that pgsurge starts: one process for all hops, and its forwarder. Environment:
 * PGSURGE_TAP_HOPS, a list of `ServedHop` in JSON; PGSURGE_TAP_FORWARDER, the forwarder's program, where there is one.
 */
import { startForwarder, type Forwarder } from './forwarder/forwarder.ts';
import { startTap } from './tap.ts';

export interface ServedHop {
  hop: string;
  host: string;
  port: number;
  metricsPort: number;
  /** `host:port` of what is dialled behind it. */
  upstream: string;
  roundTripMs: number;
}

/** Whoever started it reads this in its log. */
export const servesLine = 'the taps serve';

const fail = (why: string): never => {
  process.stderr.write(`ERROR the tap: ${why}\n`);
  process.exit(1);
};

const forwarderOf = async (program: string): Promise<Forwarder | null> =>
  program === '' ? null : startForwarder(program, () => fail('its forwarder ended, and all connections with it'));

const serve = async (hops: readonly ServedHop[], program: string): Promise<void> => {
  const forwarder = await forwarderOf(program);
  await Promise.all(
    hops.map(({ upstream, ...hop }) => startTap({ ...hop, upstream: `postgres://${upstream}`, forwarder })),
  );
  for (const { hop, port, upstream } of hops) process.stdout.write(`${hop}: ${port} to ${upstream}\n`);
  process.stdout.write(`${servesLine}\n`);
};

if (import.meta.main) {
  process.on('SIGTERM', () => process.exit(0));
  const { PGSURGE_TAP_HOPS: hops = '[]', PGSURGE_TAP_FORWARDER: program = '' } = process.env;
  serve(JSON.parse(hops) as ServedHop[], program).catch((error: unknown) => fail(String(error)));
}
