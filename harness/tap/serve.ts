/**
 * Taps as a part of a stack that pgsurge starts: one process for all hops. Environment: PGSURGE_TAP_HOPS, a list of
 * `ServedHop` in JSON.
 */
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

const serve = async (hops: readonly ServedHop[]): Promise<void> => {
  await Promise.all(hops.map(({ upstream, ...hop }) => startTap({ ...hop, upstream: `postgres://${upstream}` })));
  for (const { hop, port, upstream } of hops) process.stdout.write(`${hop}: ${port} to ${upstream}\n`);
  process.stdout.write(`${servesLine}\n`);
};

if (import.meta.main) {
  process.on('SIGTERM', () => process.exit(0));
  serve(JSON.parse(process.env['PGSURGE_TAP_HOPS'] ?? '[]') as ServedHop[]).catch((error: unknown) => {
    process.stderr.write(`ERROR the tap: ${String(error)}\n`);
    process.exit(1);
  });
}
