import { cpus, totalmem, version, type as osType, release } from 'node:os';
import { execa } from 'execa';
import type { RunResult } from '../result.ts';

/** The most titles that anybody looks at. */
const mostCommits = 200;

const isCommit = (text: string | null): text is string => text !== null && /^[0-9a-f]{7,64}$/i.test(text);

/** `abcd1234 Title` of each commit after `from` up to `until`, the newest first; null where this clone has not both. */
export const gitCommitsBetween = async (from: string | null, until: string | null): Promise<string[] | null> => {
  if (!isCommit(from) || !isCommit(until)) return null;
  const log = ['log', `--max-count=${mostCommits}`, '--abbrev=8', '--format=%h %s', `${from}..${until}`];
  const { exitCode, stdout } = await execa('git', log, { reject: false, timeout: 5000 });
  return exitCode === 0 ? stdout.split('\n').filter((line) => line !== '') : null;
};

/** Commit, branch and whether the work tree differs from it; nulls outside a git checkout. */
export const gitProvenance = async (): Promise<RunResult['git']> => {
  const git = async (...args: string[]): Promise<string | null> => {
    const result = await execa('git', args, { reject: false, timeout: 5000 });
    return result.exitCode === 0 ? result.stdout.trim() : null;
  };
  const [commit, branch, status] = await Promise.all([
    git('rev-parse', 'HEAD'),
    git('rev-parse', '--abbrev-ref', 'HEAD'),
    git('status', '--porcelain', '--untracked-files=no'),
  ]);
  return { commit, branch, dirty: status === null ? null : status !== '' };
};

export const hostProvenance = (): Omit<RunResult['host'], 'indexBefore' | 'indexAfter'> => ({
  os: `${osType()} ${release()} (${version()})`,
  cpuModel: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryBytes: totalmem(),
});

/**
 * A password goes on to the last @ before the path, as URL parsers read it. In an argument of its own it may hold
 * spaces.
 */
const inArgument = /([a-z][a-z0-9+.-]*:\/\/[^:@/?#]*):[^/?#]*@/gi;
const inText = /([a-z][a-z0-9+.-]*:\/\/[^:@/?#\s]*):[^/?#\s]*@/gi;

/** `-e API_TOKEN=…` and its like: a variable whose name says that its value is nobody's business. */
const secretVariable = /^((?:-e|--env=)?\w*(?:key|token|secret|pass|auth|credential|cookie)\w*)=.*$/is;

/** The command line as it may be saved. */
export const commandWithoutSecrets = (argv: readonly string[]): string =>
  argv
    .map((argument) => argument.replace(secretVariable, '$1=***').replaceAll(inArgument, '$1:***@'))
    .map(withoutSecrets)
    .join(' ');

/** Passwords in URLs never reach a saved file: `postgres://user:***@host`. */
export const withoutSecrets = (text: string): string =>
  text.replaceAll(inText, '$1:***@').replaceAll(/(password|pgpassword)=[^\s&]+/gi, '$1=***');
