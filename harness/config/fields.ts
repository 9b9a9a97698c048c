/** Objects whose unknown fields are told with the nearest right name, and what is wrong with a config in one line. */
import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';

/** As a typing mistake differs: further off, the list of names says more than a guess. */
const isNear = (typed: string, name: string): boolean =>
  distance(typed.toLowerCase(), name.toLowerCase()) <= Math.max(2, Math.floor(name.length / 3));

const adviceFor = (typed: string, known: readonly string[]): string => {
  const nearest = closest(typed.toLowerCase(), known as string[]);
  return isNear(typed, nearest) ? `did you mean ${nearest}?` : `choose ${known.join(', ')}`;
};

/** A strict object: a field that it has not is refused with the name that was meant. */
export const fields = <Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> =>
  z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return `must be a table of ${Object.keys(shape).join(', ')}`;
      return `is no field: ${adviceFor(issue.keys[0]!, Object.keys(shape))}`;
    },
  });

type Issue = z.core.$ZodIssue;

const isOfWrongKind = ({ path, code }: Issue): boolean =>
  path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');

/** Of the forms that a field may have, what is wrong with the one that was meant; null where none was. */
const inMeantForm = (forms: readonly (readonly Issue[])[]): Issue | null => {
  const [meant] = forms.filter((issues) => !issues.some(isOfWrongKind)).sort((a, b) => a.length - b.length);
  return meant === undefined ? null : worstOf(meant);
};

/** A name that is wrong explains what is missing. */
const worstOf = (issues: readonly Issue[]): Issue => {
  const worst = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]!;
  if (worst.code !== 'invalid_union') return worst;
  const inner = inMeantForm(worst.errors);
  return inner === null ? worst : { ...inner, path: [...worst.path, ...inner.path] };
};

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce((inner, name) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[name], value);

const longestValue = 40;

const shown = (value: unknown): string => {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > longestValue ? `${json.slice(0, longestValue)}…` : json;
};

/** One line: which field, what it is, and what it must be. */
export const complaintOf = (config: unknown, issues: readonly Issue[]): string => {
  const worst = worstOf(issues);
  const place = worst.path.map(String).join('.');
  if (worst.code === 'unrecognized_keys') return `${[place, worst.keys[0]].filter(Boolean).join('.')} ${worst.message}`;
  const value = valueAt(config, worst.path);
  const name = place === '' ? 'the config' : place;
  if (value === undefined) return `${name} is missing: it ${worst.message}`;
  return `${name} is ${shown(value)}; it ${worst.message}`;
};
