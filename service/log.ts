/** One line per event: time, level, what happened. Errors and warnings to stderr, the rest to stdout. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

const line = (level: string, message: string): string =>
  `${new Date().toISOString()} ${level} ${message.replaceAll('\n', ' ')}\n`;

export const processLog: Log = {
  info: (message) => void process.stdout.write(line('INFO', message)),
  warn: (message) => void process.stderr.write(line('WARN', message)),
  error: (message) => void process.stderr.write(line('ERROR', message)),
};

/** The first line of any thrown thing. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message || error.name : String(error)).split('\n')[0] ?? '';
