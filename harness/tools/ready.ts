import { forwarderIfPossible } from './forwarder.ts';
import { resolveK6 } from './k6.ts';
import { resolvePgbouncer } from './pgbouncer.ts';
import { resolvePostgres } from './postgres.ts';
import { resolveToxiproxy } from './toxiproxy.ts';

/** Gets every tool before the first stack test, so that none pays for a build of two minutes within its own limit. */
export const setup = async (): Promise<void> => {
  const log = (line: string): void => console.error(line);
  const all = [resolvePostgres, resolvePgbouncer, resolveToxiproxy, resolveK6, forwarderIfPossible];
  for (const resolve of all) await resolve(log);
};
