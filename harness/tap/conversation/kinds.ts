/** What a statement is, by the tag with which the server says that it is done: `INSERT 0 3` is an INSERT. */
import { textAt } from '../protocol/fields.ts';

const longestKind = 24;
const space = 32;
const zero = '0'.charCodeAt(0);
const nine = '9'.charCodeAt(0);

const kindOf = (tag: string): string => {
  const end = tag.search(/ \d/);
  return (end < 0 ? tag : tag.slice(0, end)).slice(0, longestKind);
};

const isNumberNext = (body: Buffer, at: number): boolean =>
  body[at] === space && body[at + 1]! >= zero && body[at + 1]! <= nine;

const isKindAt = (kind: string, body: Buffer, start: number, end: number): boolean => {
  const after = start + kind.length;
  if (after > end) return false;
  for (let at = 0; at < kind.length; at += 1) if (body[start + at] !== kind.charCodeAt(at)) return false;
  return after === end || body[after] === 0 || isNumberNext(body, after);
};

/** There are some hundred tags, of which a service uses a few. */
const mostRemembered = 32;
const remembered: string[] = [];

/** A tag that was seen before is told by its bytes, so that no text is made of it. */
export const kindAt = (body: Buffer, start: number, end: number): string => {
  for (const kind of remembered) if (isKindAt(kind, body, start, end)) return kind;
  const kind = kindOf(textAt(body, start, end));
  if (remembered.length < mostRemembered && kind.length > 0 && kind.length < longestKind) remembered.push(kind);
  return kind;
};

/** Statements that ended in an error, rows fetched from a portal that has more, and calls without SQL. */
export const failedKind = 'failed';
export const fetchedKind = 'FETCH of a portal';
export const functionKind = 'function call';
