/**
 * Looks at a statement's text while it passes, and keeps nothing of it. Which statements leave something in the
 * session: behind a transaction pooler that is lost, or somebody else gets it.
 */

export interface SessionTrace {
  name: string;
  /** Tried on a text without literals and comments, in which each statement begins after `;` and one blank. */
  pattern: RegExp;
  /** A text may hold several statements: what one leaves is there once the server says that this kind is done. */
  doneWith: RegExp;
}

const traces: readonly SessionTrace[] = [
  { name: 'listen', pattern: /; listen\b/i, doneWith: /^LISTEN/ },
  // LOCAL, CONSTRAINTS and TRANSACTION end with the transaction.
  { name: 'set', pattern: /; set\s+(?!local\b|constraints\b|transaction\b)/i, doneWith: /^SET/ },
  { name: 'set', pattern: /\bset_config\s*\([^;]*,\s*false\s*\)/i, doneWith: /^SELECT/ },
  { name: 'advisory lock', pattern: /\bpg_(?:try_)?advisory_lock(?:_shared)?\s*\(/i, doneWith: /^SELECT/ },
  {
    name: 'temporary table',
    pattern: /; create\s+(?:(?:local|global)\s+)?temp(?:orary)?\b(?![^;]*\bon\s+commit\s+drop\b)/i,
    doneWith: /^CREATE|^SELECT/,
  },
  { name: 'temporary table', pattern: /; select\b[^;]*\binto\s+temp(?:orary)?\b/i, doneWith: /^SELECT/ },
  { name: 'cursor with hold', pattern: /; declare\b[^;]*\bcursor\s+with\s+hold\b/i, doneWith: /^DECLARE/ },
  { name: 'prepare', pattern: /; prepare\s+(?!transaction\b)/i, doneWith: /^PREPARE/ },
];

/** Without any of these words there is nothing to look for: most statements go no further. */
const worthALook = /listen|set|advisory|temp|hold|prepare/i;

/** Literals, then comments. What is cut off by the end of what was looked at counts up to that end. */
const literalsAndComments =
  /[eE]?'(?:[^'\\]|''|\\.)*(?:'|$)|\$(\w*)\$[\s\S]*?(?:\$\1\$|$)|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;

const withoutLiterals = (text: string): string =>
  text.replace(literalsAndComments, (found) => (found.startsWith('--') || found.startsWith('/*') ? ' ' : '?'));

/** What the statements of this text leave in the session; empty for most. */
export const sessionTracesOf = (text: string): readonly SessionTrace[] => {
  if (!worthALook.test(text)) return none;
  const bare = `; ${withoutLiterals(text).trimStart()}`.replaceAll(/;\s*/g, '; ');
  return traces.filter(({ pattern }) => pattern.test(bare));
};

const none: readonly SessionTrace[] = [];

const longestFingerprint = 300;

/** The text with every literal and number taken out, so that statements that differ in them alone are one. */
export const fingerprintOf = (text: string): string =>
  withoutLiterals(text)
    .replaceAll(/(?<![\w$])\d+(?:\.\d+)?/g, '?')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\?(?:, ?\?)+/g, '?')
    .trim()
    .slice(0, longestFingerprint);
