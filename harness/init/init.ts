/** `pgsurge init`: looks at a team's folder, writes what is missing, and says what it guessed. It asks nothing. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { configFileIn } from '../config/read-config.ts';
import { configText, type Guess } from './config-text.ts';
import { openFolder, type Folder } from './folder.ts';
import { found, type Found } from './found.ts';
import { journeyText } from './journey-text.ts';
import { databaseOf, environmentOf, portOf, readyOf, routesOf } from './names.ts';
import { startOf } from './starts.ts';
import { githubText, gitlabText } from './workflow-text.ts';

const unknownCommand = 'no file here says how it is started: put your own command here';

const guessOf = (folder: Folder): Guess => {
  const start = startOf(folder);
  const ready = start?.ready ?? readyOf(folder);
  const environment = environmentOf(folder);
  return {
    ...(start ?? { command: found('npm start', unknownCommand) }),
    port: start?.port ?? portOf(folder),
    database: start?.database ?? databaseOf(folder),
    ...(ready === undefined ? {} : { ready }),
    ...(environment === undefined ? {} : { environment }),
  };
};

const shown = (value: Found<string | Record<string, string>>['value']): string =>
  typeof value === 'string'
    ? value
    : Object.entries(value)
        .map(([name, text]) => `${name} ${text}`)
        .join(', ');

const guessLines = (guess: Guess): string[] => {
  const processes = Object.entries(guess.processes ?? {}).map(([name, one]) => [`processes.${name}`, one] as const);
  const all = [
    ['command', guess.command],
    ['migrate', guess.migrate],
    ['port', guess.port],
    ['database', guess.database],
    ['ready', guess.ready],
    ['environment', guess.environment],
    ...processes,
  ] as const;
  return all.flatMap(([name, one]) =>
    one === undefined ? [] : [`  service.${name.padEnd(17)} ${shown(one.value)}  (${one.from})`],
  );
};

interface Written {
  name: string;
  text: string;
  /** What was guessed, for whoever reads it. */
  guesses: string[];
}

const filesOf = (folder: Folder, root: string): Written[] => {
  const guess = guessOf(folder);
  const routes = routesOf(folder);
  const workflow = folder.has('.gitlab-ci.yml')
    ? { name: 'pgsurge.gitlab-ci.yml', text: gitlabText(folder), guesses: [] }
    : { name: '.github/workflows/pgsurge.yml', text: githubText(folder), guesses: [] };
  return [
    { name: 'pgsurge.config.ts', text: configText(guess, path.basename(root)), guesses: guessLines(guess) },
    {
      name: 'load/journey.ts',
      text: journeyText(routes),
      guesses: routes.map(({ value, from }) => `  GET ${value}  (${from})`),
    },
    workflow,
  ];
};

/** The file that is there in its place; a config may have another ending. */
const already = (root: string, name: string): string | null => {
  if (name.startsWith('pgsurge.config.')) {
    const config = configFileIn(root);
    return config === null ? null : path.relative(root, config);
  }
  return existsSync(path.join(root, name)) ? name : null;
};

const place = (root: string, { name, text, guesses }: Written): string[] => {
  const there = already(root, name);
  if (there !== null) return [`left as it is: ${there}`];
  mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  // Never over a file that came meanwhile.
  writeFileSync(path.join(root, name), text, { flag: 'wx' });
  return [`wrote ${name}${guesses.length === 0 ? '' : ', guessed:'}`, ...guesses];
};

/** What it did, line by line. */
export const init = (root: string): string[] => {
  const folder = openFolder(root);
  const lines = filesOf(folder, root).flatMap((file) => place(root, file));
  return [...lines, 'next: look at what was guessed, then npx pgsurge run'];
};
