/** HTML made by a template tag that escapes every value: what comes from data cannot become markup. */
export interface Html {
  readonly html: string;
}

type Value = Html | string | number | null | undefined | false | readonly Value[];

/** Markup that is ours: a constant of this folder, never data. */
export const trusted = (html: string): Html => ({ html });

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Not allowed in XML, and shown as nothing in HTML. */
// oxlint-disable-next-line no-control-regex
const controlCharacters = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

export const escapeText = (text: string): string =>
  text.replace(controlCharacters, '\ufffd').replace(/[&<>"']/g, (character) => entities[character]!);

const rendered = (value: Value): string => {
  if (value === null || value === undefined || value === false) return '';
  if (typeof value === 'string' || typeof value === 'number') return escapeText(String(value));
  return 'html' in value ? value.html : value.map(rendered).join('');
};

/**
 * html`<b>${data}</b>`: numbers and text are escaped, other Html and lists of it go in as they are, null and false
 * vanish.
 */
export const html = (strings: TemplateStringsArray, ...values: Value[]): Html =>
  trusted(strings.reduce((all, text, index) => all + rendered(values[index - 1]) + text));

/** The text with every `word of ours` in backquotes set as code. */
export const withCode = (text: string): Html => trusted(escapeText(text).replace(/`([^`]+)`/g, '<code>$1</code>'));

/** A file name or an element id out of any text: letters, digits, dot, dash. */
export const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 100) || 'unnamed';
