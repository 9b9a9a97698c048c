/**
 * A service under load must not reach a database that is not the stack's: a variable left in the shell, or written into
 * the config, could lead it to one that people use.
 */
import { usageError } from '../errors.ts';
import type { OwnService } from './own-service.ts';

const isLoopback = (host: string): boolean =>
  host === '' || host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);

/** The host of a database's URL in any form that drivers know; null for what is none. */
const databaseHost = (value: string): string | null => {
  const [, host] = /^(?:jdbc:)?postgres(?:ql)?(?:\+\w+)?:\/\/(?:[^@/]*@)?(\[[^\]]+\]|[^:/?#,]*)/.exec(value) ?? [];
  return host ?? null;
};

const elsewhere = (
  environment: Readonly<Record<string, string | undefined>>,
  allowedHosts: readonly string[],
): { name: string; host: string } | null => {
  for (const [name, value] of Object.entries(environment)) {
    const host = databaseHost(value ?? '');
    if (host !== null && !isLoopback(host) && !allowedHosts.includes(host)) return { name, host };
  }
  return null;
};

/** Throws a usageError of one line, without any password. */
export const refuseForeignDatabases = (
  { api, beside, database }: OwnService,
  shell: Readonly<Record<string, string | undefined>>,
  allowedHosts: readonly string[],
): void => {
  const overridden = new Set<string>([...Object.values(database), ...Object.keys(api.environment)]);
  const inherited = Object.fromEntries(Object.entries(shell).filter(([name]) => !overridden.has(name)));
  const written = Object.assign({}, ...[api, ...beside].map(({ environment }) => environment)) as Record<
    string,
    string
  >;
  const found = elsewhere(written, allowedHosts) ?? elsewhere(inherited, allowedHosts);
  if (found === null) return;
  throw usageError(
    `${found.name} names a database at ${found.host}, which is not this machine: unset it, name it by ` +
      `service.database, or add --allow-host ${found.host} if the service may load it`,
  );
};
