/**
 * A service under load must not reach a database that is not the stack's: a variable left in the shell or in a .env
 * beside the service, or written into the config, could lead it to one that people use.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { usageError } from '../errors.ts';
import { isLoopback } from '../loopback.ts';
import type { Command } from './config.ts';
import type { OwnService } from './own-service.ts';
import { commandText } from './variables.ts';

/** No host at all, or the path of a socket, is this machine, too. */
const isHere = (host: string): boolean => host === '' || host.startsWith('/') || isLoopback(host);

/** In any form that drivers know: with a driver's name, several hosts, and a host among the parameters. */
const databaseUrl = /(?:jdbc:)?postgres(?:ql)?(?:\+\w+)?:\/\/(?:[^@/\s'"]*@)?([^/?\s'"]*)([^\s'"]*)/g;

const withoutPort = (host: string): string => host.replace(/:\d*$/, '');

const hostsOfUrls = (text: string): string[] =>
  [...text.matchAll(databaseUrl)].flatMap(([, hosts = '', rest = '']) => [
    ...hosts.split(',').map(withoutPort),
    ...[...rest.matchAll(/[?&]host=([^&]*)/g)].map(([, host]) => decodeURIComponent(host!)),
  ]);

/** As libpq takes them (`host=db dbname=shop`), and .NET (`Host=db;Database=shop`). */
const hostsOfWords = (text: string): string[] =>
  /\b(dbname|database)\s*=/i.test(text)
    ? [...text.matchAll(/(?:^|[\s;])(?:host|server)\s*=\s*([^\s;]+)/gi)].map(([, host]) => host!)
    : [];

/** A host alone, by the names that libpq and most services have for it. */
const isHostName = (name: string): boolean => /^(PGHOST(ADDR)?|(DB|DATABASE|POSTGRES(QL)?)_HOST(NAME)?)$/.test(name);

const hostsIn = (name: string, value: string): string[] =>
  [...hostsOfUrls(value), ...hostsOfWords(value), ...(isHostName(name) ? value.split(',') : [])]
    // What the stack fills in is of the stack.
    .filter((host) => !host.includes('{'));

interface Found {
  name: string;
  host: string;
}

const elsewhere = (
  environment: Readonly<Record<string, string | undefined>>,
  allowedHosts: readonly string[],
): Found | null => {
  for (const [name, value] of Object.entries(environment)) {
    const host = hostsIn(name, value ?? '').find((one) => !isHere(one) && !allowedHosts.includes(one));
    if (host !== undefined) return { name, host };
  }
  return null;
};

const without = (
  environment: Readonly<Record<string, string | undefined>>,
  names: ReadonlySet<string>,
): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !names.has(name)));

/** A name, and its value up to a comment, with or without quotes. */
const dotenvLine = /^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=[ \t]*(.*?)(?:[ \t]+#.*)?[ \t]*$/gm;

const dotenvIn = (folder: string): Record<string, string> => {
  const file = path.join(folder, '.env');
  if (!existsSync(file)) return {};
  const lines = readFileSync(file, 'utf8').matchAll(dotenvLine);
  return Object.fromEntries([...lines].map(([, name, value]) => [name!, value!.replace(/^(['"])(.*)\1$/, '$2')]));
};

const merged = <Value>(tables: readonly Readonly<Record<string, Value>>[]): Record<string, Value> =>
  Object.fromEntries(tables.flatMap((table) => Object.entries(table)));

const commandsOf = ({ api, beside, migrate, prepare }: OwnService): Record<string, string> => {
  const named: [string, Command | null][] = [
    ['service.command', api.command],
    ...beside.map(({ name, command }): [string, Command] => [`service.processes.${name}.command`, command]),
    ['service.migrate', migrate],
    ['service.prepare', prepare],
  ];
  return Object.fromEntries(named.flatMap(([name, one]) => (one === null ? [] : [[name, commandText(one)]])));
};

/** What it would see, the nearest word first: the config's, the shell's, and of a .env what neither of them says. */
const environmentsOf = (service: OwnService, shell: Readonly<Record<string, string | undefined>>) => {
  const { api, beside, database } = service;
  const all = [api, ...beside];
  const overridden = new Set<string>([...Object.values(database), ...Object.keys(api.environment)]);
  return {
    written: { ...merged(all.map(({ environment }) => environment)), ...commandsOf(service) },
    inherited: without(shell, overridden),
    files: without(merged(all.map(({ cwd }) => dotenvIn(cwd))), new Set([...overridden, ...Object.keys(shell)])),
  };
};

/** Throws a usageError of one line, without any password. */
export const refuseForeignDatabases = (
  service: OwnService,
  shell: Readonly<Record<string, string | undefined>>,
  allowedHosts: readonly string[],
): void => {
  const { written, inherited, files } = environmentsOf(service, shell);
  const inFile = elsewhere(files, allowedHosts);
  const found =
    elsewhere(written, allowedHosts) ??
    elsewhere(inherited, allowedHosts) ??
    (inFile === null ? null : { ...inFile, name: `${inFile.name} of .env` });
  if (found === null) return;
  throw usageError(
    `${found.name} names a database at ${found.host}, which is not this machine: unset it, name it by ` +
      `service.database, or add --allow-host ${found.host} if the service may load it`,
  );
};
