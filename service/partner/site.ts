/**
 * How a partner's site behaves: how long a page takes, which pages are forbidden, and how often a request fails or is
 * never answered.
 */
export interface PartnerSettings {
  /** Middle of what an answer takes; each takes 60 to 140 % of it, the same for the same address and seed. */
  crawlMs: number;
  /** Share of the addresses (0 to 1) that answer 403, always. */
  forbiddenShare: number;
  /** Share of the requests that answer 500. */
  failingShare: number;
  /** Share of the requests that are never answered. */
  stalledShare: number;
  /** How many of the pages after it a page links to. */
  linksPerPage: number;
}

export const defaultPartnerSettings: PartnerSettings = {
  crawlMs: 400,
  forbiddenShare: 0,
  failingShare: 0,
  stalledShare: 0,
  linksPerPage: 1,
};

const isShare = (name: string): boolean => name.endsWith('Share');

/** Throws one line that names a setting which is unknown or out of range. */
export const withSettings = (current: PartnerSettings, changes: Readonly<Record<string, unknown>>): PartnerSettings => {
  for (const [name, value] of Object.entries(changes)) {
    if (!Object.hasOwn(defaultPartnerSettings, name)) throw new Error(`the partner has no setting ${name}`);
    if (typeof value !== 'number' || !(value >= 0) || (isShare(name) && value > 1))
      throw new Error(`${name} of the partner must be ${isShare(name) ? 'from 0 to 1' : 'a number of at least 0'}`);
  }
  return { ...current, ...changes };
};

/** From 0 to 1, the same for the same text (FNV-1a, then one multiplication more for short texts that are alike). */
const drawOf = (text: string): number => {
  let state = 0x811c9dc5;
  for (let position = 0; position < text.length; position += 1)
    state = Math.imul(state ^ text.charCodeAt(position), 0x01000193);
  return (Math.imul(state ^ (state >>> 15), 0x85ebca6b) >>> 0) / 2 ** 32;
};

/** 60 to 140 % of the setting. */
export const crawlTimeMs = (crawlMs: number, seed: number, address: string): number =>
  crawlMs * (0.6 + 0.8 * drawOf(`${seed} ${address}`));

export interface Behaviour {
  /** The status of the answer; null where none ever comes. */
  status: 200 | 403 | 500 | null;
  ms: number;
}

/** `request` is the number of the request, since one that failed may succeed the next time. */
export const behaviourOf = (settings: PartnerSettings, seed: number, address: string, request: number): Behaviour => {
  const ms = crawlTimeMs(settings.crawlMs, seed, address);
  if (drawOf(`forbidden ${seed} ${address}`) < settings.forbiddenShare) return { status: 403, ms };
  const draw = drawOf(`request ${seed} ${request}`);
  if (draw < settings.stalledShare) return { status: null, ms };
  return { status: draw < settings.stalledShare + settings.failingShare ? 500 : 200, ms };
};

export interface Page {
  title: string;
  text: string;
  links: string[];
}

/** A site of so many pages: the first, at its root, links to all others, each other to those that follow it. */
export const pageAt = (address: string, pages: number, linksPerPage = 1): Page => {
  const isFirst = address.endsWith('/');
  const site = address.slice(0, address.lastIndexOf('/') + 1);
  const number = isFirst ? 0 : Number(address.split('page-').at(-1));
  const last = isFirst ? pages - 1 : Math.min(number + linksPerPage, pages - 1);
  const links = Array.from({ length: Math.max(0, last - number) }, (_, index) => `${site}page-${number + 1 + index}`);
  return { title: `Page ${number}`, text: `Page ${number} of ${pages} at ${site}`, links };
};

/** Seed 004: what the classifier and the memorizer take, in seconds. */
const modelSeconds: Readonly<Record<string, readonly [number, number]>> = { classify: [1, 5], memorize: [3, 10] };

/** How long a model thinks, the same for the same text and seed; null: there is no such model. */
export const modelTimeMs = (model: string, seed: number, text: string): number | null => {
  const range = modelSeconds[model];
  return range === undefined ? null : 1000 * (range[0] + (range[1] - range[0]) * drawOf(`${model} ${seed} ${text}`));
};
