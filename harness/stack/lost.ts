/** A part of the stack that ended though nobody in the harness ended it: how, what its log says, what to do. */
import { existsSync, readFileSync } from 'node:fs';

export interface LostPart {
  /** For people: "Postgres", "PgBouncer 1". */
  title: string;
  /** SIGKILL, exit 1. */
  how: string;
  logFile: string;
}

/** How far back in its log the reason may stand. */
const tailLines = 40;

/** The server's own last words. What one session was told (`user@database/application`) is that client's trouble. */
const lastWords = (logFile: string): string | null => {
  const lines = (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '').trimEnd().split('\n').slice(-tailLines);
  const found = lines
    .filter((line) => !/ \S+@\S+ [A-Z]+:|closing because/.test(line))
    .findLast((line) => /FATAL|PANIC|panic:|shutdown request|got SIG|No space left|out of memory/i.test(line));
  return found === undefined ? null : found.replace(/^.*?\b(LOG|WARNING|FATAL|PANIC|ERROR):?\s+/, '').slice(0, 200);
};

const remedy = (how: string, words: string | null): string => {
  if (words?.includes('No space left') === true)
    return 'free some space, or set TMPDIR to a larger disk, and run again';
  if (how === 'SIGKILL')
    return (
      'somebody killed it, or the kernel for want of memory (dmesg tells): ' +
      'run again with nothing else on this host'
    );
  if (/^SIG(TERM|INT|QUIT|HUP)$|^exit 0$/.test(how) || /shutdown request|got SIG/.test(words ?? ''))
    return 'somebody stopped it: leave the processes of a run alone, and run again';
  return 'look into its log, then run again';
};

/** "Postgres ended by itself 12 s into baseline (SIGKILL): its last words; what to do". */
export const lostLine = ({ title, how, logFile }: LostPart, when: string): string => {
  const words = lastWords(logFile);
  return `${title} ended by itself ${when} (${how})${words === null ? '' : `: ${words}`}; ${remedy(how, words)}`;
};
