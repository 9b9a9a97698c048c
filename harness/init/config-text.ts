/** `pgsurge.config.ts` as it is written: every guess with the file that it comes from. */
import type { Found, Start } from './found.ts';

export interface Guess extends Start {
  port: Found;
  database: Found<string | Record<string, string>>;
  environment?: Found<Record<string, string>>;
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const valueText = (value: string | Record<string, string>): string =>
  typeof value === 'string'
    ? quoted(value)
    : `{ ${Object.entries(value)
        .map(([name, variable]) => `${name}: ${quoted(variable)}`)
        .join(', ')} }`;

/** A comment ends at the line's end, whatever stands in it. */
const note = (from: string): string => ` // ${from.replaceAll(/\s+/g, ' ')}`;

const line = (name: string, one: Found<string | Record<string, string>> | undefined): string[] =>
  one === undefined ? [] : [`    ${name}: ${valueText(one.value)},${note(one.from)}`];

const processLines = (processes: Record<string, Found> = {}): string[] => {
  const entries = Object.entries(processes);
  if (entries.length === 0) return [];
  const each = entries.map(
    ([name, { value, from }]) => `      ${quoted(name)}: { command: ${quoted(value)} },${note(from)}`,
  );
  return ['    processes: {', ...each, '    },'];
};

export const configText = (guess: Guess, name: string): string =>
  [
    "import { defineConfig } from 'pgsurge';",
    '',
    '// Guessed by `pgsurge init`, each line from the file behind it. All fields: docs/config.md of pgsurge.',
    'export default defineConfig({',
    `  name: ${quoted(name)},`,
    '  service: {',
    ...line('command', guess.command),
    ...line('migrate', guess.migrate),
    ...line('port', guess.port),
    ...line('database', guess.database),
    ...line('ready', guess.ready),
    ...line('environment', guess.environment),
    ...processLines(guess.processes),
    '  },',
    "  load: 'load/journey.ts',",
    '});',
    '',
  ].join('\n');
