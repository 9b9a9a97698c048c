/** Times at the start of lines. */

const iso = String.raw`\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:UTC|GMT|Z)\b| ?[+-]\d\d(?::?\d\d)?\b)?`;
const others = [
  String.raw`\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d+)?`, // Go
  String.raw`\d\d:\d\d:\d\d(?:[.,]\d+)?`, // Elixir, logback without a date
  String.raw`\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d(?:\.\d+)?`, // Tomcat
  String.raw`\d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d`, // log4j's DATE
  String.raw`[A-Z][a-z]{2} \d\d?, \d{4} \d\d?:\d\d:\d\d [AP]M`, // java.util.logging
  String.raw`\d\d?/\d\d?/\d{4}, \d\d?:\d\d:\d\d [AP]M`, // Nest
];

/** A time at the start of a line, in brackets or not, and behind Ruby's letter or Nest's name and process. */
const leading = new RegExp(String.raw`^(?:[A-Z], |\[\w+\] \d+ +- )?[[(]?(${iso}|${others.join('|')})`);

const zoned = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:[.,]\d+)?)(?: ?(UTC|GMT|Z)| ?([+-]\d\d):?(\d\d)?)$/;

/** Ms since the epoch; null where the text does not say in which zone it is. */
export const epochMsOf = (text: string): number | null => {
  const match = zoned.exec(text);
  if (match === null) return null;
  const [, date, time, , hours, minutes] = match;
  const zone = hours === undefined ? 'Z' : `${hours}:${minutes ?? '00'}`;
  const epochMs = Date.parse(`${date}T${time!.replace(',', '.')}${zone}`);
  return Number.isNaN(epochMs) ? null : epochMs;
};

export interface LeadingStamp {
  stampMs: number | null;
  /** What follows the stamp. */
  rest: string;
}

export const leadingStamp = (line: string): LeadingStamp | null => {
  const match = leading.exec(line);
  return match === null ? null : { stampMs: epochMsOf(match[1]!), rest: line.slice(match[0].length) };
};

/** Seconds or ms since the epoch, or a date in words, as a JSON field has it. */
export const stampOfField = (value: unknown): number | null => {
  if (typeof value === 'number') return value > 1e11 ? value : value * 1000;
  return typeof value === 'string' ? epochMsOf(value) : null;
};
