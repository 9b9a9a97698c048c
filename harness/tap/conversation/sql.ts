/**
 * Looks at a statement's text while it passes, and keeps nothing of it. Which statements leave something in the
 * session: behind a transaction pooler that is lost, or somebody else gets it.
 */

interface SessionTrace {
  name: string;
  /** Tried on one statement, without literals, comments and what blanks stand before it. */
  pattern: RegExp;
  /** What it leaves is there once the server says that a statement of this kind is done. */
  doneWith: RegExp;
}

/** What one statement leaves. */
export type StatementTraces = readonly SessionTrace[];

const traces: readonly SessionTrace[] = [
  { name: 'listen', pattern: /^listen\b/i, doneWith: /^LISTEN/ },
  // LOCAL, CONSTRAINTS and TRANSACTION end with the transaction.
  { name: 'set', pattern: /^set\b(?!\s+(?:local|constraints|transaction)\b)/i, doneWith: /^SET/ },
  { name: 'set', pattern: /\bset_config\s*\([\s\S]*,\s*false\s*\)/i, doneWith: /^SELECT/ },
  { name: 'advisory lock', pattern: /\bpg_(?:try_)?advisory_lock(?:_shared)?\s*\(/i, doneWith: /^SELECT/ },
  {
    name: 'temporary table',
    pattern: /^create\s+(?:(?:local|global)\s+)?temp(?:orary)?\b(?![\s\S]*\bon\s+commit\s+drop\b)/i,
    doneWith: /^CREATE|^SELECT/,
  },
  { name: 'temporary table', pattern: /^select\b[\s\S]*\binto\s+temp(?:orary)?\b/i, doneWith: /^SELECT/ },
  { name: 'cursor with hold', pattern: /^declare\b[\s\S]*\bcursor\s+with\s+hold\b/i, doneWith: /^DECLARE/ },
  { name: 'prepare', pattern: /^prepare\b(?!\s+transaction\b)/i, doneWith: /^PREPARE/ },
];

/** Without any of these words there is nothing to look for: most statements go no further. */
const worthALook = /listen|set|advisory|temp|hold|prepare/i;

/** What begins like a literal and ends elsewhere. Each may be cut off by the end of what was looked at. */
const spans = {
  // Names in double quotes may hold single ones.
  name: /"(?:[^"]|"")*(?:"|$)/,
  comment: /--[^\n]*|\/\*(?:(?!\/\*|\*\/)[\s\S]|\/\*[\s\S]*?(?:\*\/|$))*(?:\*\/|$)/,
  // Only where an E stands before it does a backslash stand before a quote.
  escaped: /\b[eE]'(?:[^'\\]|''|\\[\s\S])*(?:'|\\?$)/,
  plain: /'(?:[^']|'')*(?:'|$)/,
  dollars: /(?<![\w$])\$(?<tag>(?:[A-Za-z_\x80-\xff][\w\x80-\xff]*)?)\$[\s\S]*?(?:\$\k<tag>\$|$)/,
};
const anySpan = new RegExp(
  Object.values(spans)
    .map(({ source }) => source)
    .join('|'),
  'g',
);

const instead = (span: string): string => {
  if (span.startsWith('"')) return span;
  return span.startsWith('--') || span.startsWith('/*') ? ' ' : '?';
};

const withoutLiterals = (text: string): string => text.replaceAll(anySpan, instead);

/** What each statement of this text leaves in the session, of those that leave something; empty for most. */
export const sessionTracesOf = (text: string): readonly StatementTraces[] => {
  if (!worthALook.test(text)) return none;
  const statements = withoutLiterals(text).split(';');
  const left = statements.map((one) => traces.filter(({ pattern }) => pattern.test(one.trimStart())));
  return left.filter(({ length }) => length > 0);
};

const none: readonly StatementTraces[] = [];

/** Digits that no name or parameter ends with, and what belongs to them: `1e6`, `0xff`, `1_000`. */
const numbers = /(?<![\w$.])(?:\d[\w.]*|\.\d\w*)/g;

const longestFingerprint = 300;

/** The text with every literal and number taken out, so that statements that differ in them alone are one. */
export const fingerprintOf = (text: string): string =>
  withoutLiterals(text)
    .replaceAll(numbers, '?')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\?(?:, ?\?)+/g, '?')
    .trim()
    .slice(0, longestFingerprint);
