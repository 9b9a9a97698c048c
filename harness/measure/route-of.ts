/** The route behind an address: what differs from request to request becomes `:id`, the query goes. */

const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const hexadecimal = /^(?=.*\d)[0-9a-f]{8,}$/i;
/** A version (`v2`, `oauth2`) has fewer digits in a row. */
const manyDigits = /\d{3}/;
/** As of `order-17`: what stands before the number says which. */
const numbered = /^(.*[a-z].*[-_.])\d+$/i;
const token = /^(?=.*\d)(?=.*[a-z])[\w~.-]{16,}$/i;
/** `52.52,13.40` and `-1`, but not the version in `/1.0/`. */
const numbers = /^(?:[-+]\d+|[-+]?[\d.]+(?:[,;][-+]?[\d.]+)+)$/;
/** A title in an address: five words and more, or one that is longer than a name is. */
const slug = /^[\p{L}\d]+(?:[-_][\p{L}\d]+){4,}$/u;
const longestName = 40;

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

const isId = (text: string): boolean =>
  [/^\d+$/, numbers, uuid, hexadecimal, manyDigits, token].some((pattern) => pattern.test(text));

const segmentOf = (given: string): string => {
  const segment = decoded(given);
  if (segment.includes('@')) return ':id';
  const [, stem = segment, extension = ''] = /^(.+)(\.[a-z]{2,5})$/i.exec(segment) ?? [];
  if (isId(stem)) return `:id${extension}`;
  if (numbered.test(stem)) return `${stem.replace(numbered, '$1')}:id${extension}`;
  return slug.test(stem) || stem.length > longestName ? `:slug${extension}` : segment;
};

/** `/items/17/notes?x=1` is `/items/:id/notes`. */
export const routeOfPath = (path: string): string =>
  path
    .replace(/[?#].*$/s, '')
    .split('/')
    .map((segment) => (segment === '' ? '' : segmentOf(segment)))
    .join('/') || '/';

const address = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)([^?#]*)/i;

/** Host and route of an address; null for any other text. */
export const routeOfAddress = (text: string): { host: string; route: string } | null => {
  const found = address.exec(text);
  return found === null ? null : { host: found[1]!.replace(/^.*@/, ''), route: routeOfPath(found[2]!) };
};

/** A name that the script made with ids in it: `GET /items/17`, `user 17`. */
export const withoutIds = (text: string): string =>
  text
    .split(' ')
    .map((word) => (word.includes('/') ? routeOfPath(word) : segmentOf(word)))
    .join(' ');
