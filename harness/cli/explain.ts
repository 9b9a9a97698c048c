/** What went wrong, in words for people on standard error, and the exit code that it means. */
import { CommanderError } from 'commander';
import { withoutSecrets } from '../archive/provenance.ts';
import { exitCodes, messageOf, PgsurgeError, type ExitCode } from '../errors.ts';

interface Explanation {
  text: string;
  code: ExitCode;
}

const closedToYou = {
  says: 'is closed to you: mend its permissions, or name another folder with --reports or --out',
  code: exitCodes.environment,
};

/** What a path given by hand makes of mkdir and write. */
const pathErrors: Readonly<Record<string, { says: string; code: ExitCode }>> = {
  ENOTDIR: {
    says: 'is a file, or lies in one, where a folder is needed: name another with --reports or --out',
    code: exitCodes.usage,
  },
  EEXIST: { says: 'is a file, where a folder is needed: name another with --reports or --out', code: exitCodes.usage },
  EACCES: closedToYou,
  EPERM: closedToYou,
  EROFS: {
    says: 'lies on a file system that is read-only: name another folder with --reports or --out',
    code: exitCodes.environment,
  },
};

const ofPath = ({ code, path, syscall }: NodeJS.ErrnoException): Explanation | null => {
  if (path === undefined || syscall?.startsWith('spawn') === true) return null;
  const found = pathErrors[code ?? ''];
  return found === undefined ? null : { text: `pgsurge: ${path} ${found.says}`, code: found.code };
};

const fullDisk: Explanation = {
  text: 'pgsurge: the disk is full; free some space (pgsurge doctor shows how much a run needs) and run again',
  code: exitCodes.environment,
};

const ofOurOwn = ({ message, details, exitCode }: PgsurgeError): Explanation => ({
  text: `pgsurge: ${message}${details === undefined ? '' : `\n${details.replaceAll(/^/gm, '  ')}`}`,
  code: exitCode,
});

const defect = (error: unknown): Explanation => {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return { text: `pgsurge: a defect of pgsurge itself: ${messageOf(error)}\n${stack}`, code: exitCodes.inconclusive };
};

const explanationOf = (error: unknown): Explanation => {
  if (error instanceof PgsurgeError) return ofOurOwn(error);
  const found = (error ?? {}) as NodeJS.ErrnoException;
  return found.code === 'ENOSPC' ? fullDisk : (ofPath(found) ?? defect(error));
};

/** Writes the explanation and gives the exit code. Commander has explained its own errors by then. */
export const explain = (error: unknown): ExitCode => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.asExpected : exitCodes.usage;
  const { text, code } = explanationOf(error);
  process.stderr.write(`${withoutSecrets(text)}\n`);
  return code;
};
