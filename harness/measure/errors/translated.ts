/**
 * What Postgres says in other languages than English (lc_messages), put into English for the table of errors, and what
 * libpq and the system say in the language of the service. The messages are those of their catalogues (Debian's
 * postgresql-15, libpq5-15 and glibc, and po files of Postgres' source for Portuguese).
 */
import file from './translations.json' with { type: 'json' };

/** Of each message in English: how other languages say it, with the same `%s`. */
const messages: Readonly<Record<string, readonly string[]>> = file;

const argument = /%(?:\d+\$)?[-\d.]*l{0,2}[sdum]/g;

const escaped = (literal: string): string => literal.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

const patternOf = (message: string): string => message.split(argument).map(escaped).join('.{1,120}?');

const anyOf = (all: readonly string[]): RegExp => new RegExp(all.map(patternOf).join('|'), 'u');

const wordsIn = (message: string): number => message.replaceAll(argument, '').length;

interface Translated {
  english: string;
  pattern: RegExp;
}

/** The longest first: one message may be the beginning of another, as a time-out is of a lock's time-out. */
const translated = (): Translated[] =>
  Object.entries(messages)
    .flatMap(([english, translations]) => translations.map((message) => ({ english, message })))
    .toSorted((a, b) => wordsIn(b.message) - wordsIn(a.message))
    .map(({ english, message }) => ({ english: english.replaceAll(argument, 'X'), pattern: anyOf([message]) }));

/** Made when the first text is looked for: every command loads this module, and few look for one. */
let patterns: Translated[] | null = null;

/** Logs repeat themselves, and each text is looked for in hundreds of patterns. */
const mostKept = 1000;
const kept = new Map<string, string | null>();

const search = (text: string): string | null => {
  patterns ??= translated();
  return patterns.find(({ pattern }) => pattern.test(text))?.english ?? null;
};

/** The message in English; null where it is none that is known in another language. */
export const inEnglish = (text: string): string | null => {
  const known = kept.get(text);
  if (known !== undefined) return known;
  const found = search(text);
  if (kept.size >= mostKept) kept.clear();
  kept.set(text, found);
  return found;
};

/** How any language says this one. */
export const sayingOf = (english: string): RegExp => anyOf([english, ...(messages[english] ?? [])]);
