import { resolveK6 } from './k6.ts';
import { resolvePgbouncer } from './pgbouncer.ts';
import { resolvePostgres } from './postgres.ts';
import { resolveToxiproxy } from './toxiproxy.ts';

/** Gets every tool before the first stack test, so that none pays for a build of two minutes within its own limit. */
export const setup = async (): Promise<void> => {
  const log = (line: string): void => console.error(line);
  for (const resolve of [resolvePostgres, resolvePgbouncer, resolveToxiproxy, resolveK6]) await resolve(log);
};
