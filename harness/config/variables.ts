/** What a team's processes are told of the stack: by variables of their names, and in place of placeholders. */
import type { Command, DatabaseVariables } from './config.ts';

export interface Places {
  /** By the stack's route. */
  databaseUrl: string;
  /** Past the pooler. */
  directUrl: string;
  /** Where metrics are received; absent while the database is filled. */
  otlpUrl?: string;
  port?: number;
  replica?: number;
}

const partsOf = (databaseUrl: string) => {
  const { hostname, port, pathname, username, password } = new URL(databaseUrl);
  return {
    host: hostname,
    port,
    name: decodeURIComponent(pathname.slice(1)),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
  };
};

const jdbcUrlOf = (databaseUrl: string): string => {
  const { host, port, name } = partsOf(databaseUrl);
  return `jdbc:postgresql://${host}:${port}/${name}`;
};

const placeholders = ({ databaseUrl, directUrl, otlpUrl, port, replica }: Places): Record<string, string> => {
  const parts = partsOf(databaseUrl);
  const values = {
    databaseUrl,
    directUrl,
    jdbcUrl: jdbcUrlOf(databaseUrl),
    databaseHost: parts.host,
    databasePort: parts.port,
    databaseName: parts.name,
    databaseUser: parts.user,
    databasePassword: parts.password,
    otlpUrl,
    port,
    replica,
  };
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
};

/** Braces that hold none of our names are the shell's, or the program's. */
const filledIn = (text: string, places: Places): string => {
  const values = placeholders(places);
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
};

/** A line is for the shell; a list is a program and its arguments. */
export const asProgram = (command: Command, places: Places): { file: string; args: string[] } => {
  if (typeof command === 'string') return { file: '/bin/sh', args: ['-c', filledIn(command, places)] };
  const [file = '', ...args] = command.map((word) => filledIn(word, places));
  return { file, args };
};

const databaseValues = ({ databaseUrl, directUrl }: Places): Required<DatabaseVariables> => ({
  ...partsOf(databaseUrl),
  url: databaseUrl,
  directUrl,
  jdbcUrl: jdbcUrlOf(databaseUrl),
});

/** The database by the names that the team gave; what the config says itself beats all. */
export const variablesFor = (
  database: DatabaseVariables,
  environment: Readonly<Record<string, string>>,
  places: Places,
): Record<string, string> => {
  const values = databaseValues(places);
  const named = Object.entries(database) as [keyof DatabaseVariables, string][];
  return {
    ...Object.fromEntries(named.map(([part, variable]) => [variable, values[part]])),
    ...Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, filledIn(value, places)])),
  };
};

/** For people: as it would be typed. */
export const commandText = (command: Command): string => (typeof command === 'string' ? command : command.join(' '));
