/** Exit codes of the contract. Fail beats inconclusive; a warning changes nothing. */
export const exitCodes = {
  asExpected: 0,
  failed: 1,
  usage: 2,
  inconclusive: 3,
  environment: 4,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/**
 * An error for people: `message` is one line that says what happened, why, and what to do;
 * `details` (several lines, optional) goes below it. Never shown with a stack trace.
 */
export class PgsurgeError extends Error {
  readonly exitCode: ExitCode;
  readonly details: string | undefined;

  constructor(message: string, options: { exitCode: ExitCode; details?: string; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'PgsurgeError';
    this.exitCode = options.exitCode;
    this.details = options.details;
  }
}

/** Wrong use or configuration (exit 2). */
export const usageError = (message: string, details?: string): PgsurgeError =>
  new PgsurgeError(message, { exitCode: exitCodes.usage, details });

/** The environment lacks something; the message names the command that gets it (exit 4). */
export const environmentError = (message: string, details?: string, cause?: unknown): PgsurgeError =>
  new PgsurgeError(message, { exitCode: exitCodes.environment, cause, details });

/** Something that the run depends on was lost while it ran: judged inconclusive (exit 3). */
export const lostError = (message: string, details?: string, cause?: unknown): PgsurgeError =>
  new PgsurgeError(message, { exitCode: exitCodes.inconclusive, cause, details });

/** Wrong input and a lacking environment are no measurement: they end the run with their own exit code. */
export const endsTheRun = (error: unknown): boolean =>
  error instanceof PgsurgeError && (error.exitCode === exitCodes.usage || error.exitCode === exitCodes.environment);

export const isLost = (error: unknown): boolean =>
  error instanceof PgsurgeError && error.exitCode === exitCodes.inconclusive;

/** One line of any thrown thing. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
