/**
 * Few names out of many: memory, samples and page stay those of ten routes, whatever a script puts into its addresses
 * and names. Nothing is dropped: what finds no place is counted under one common name.
 */
import { routeOfAddress, withoutIds } from './route-of.ts';

export interface BoundedNames {
  nameOf(given: string): string;
  /** How many different names stand under the common one. */
  readonly more: number;
}

/** What stands in place of the names that are too many: by their last part first, then for all of them. */
const otherNames = '(other names)';
const othersLike = (name: string): string => name.replace(/[^/]+$/, '*');

/** A page has room for some tens of routes; a service with more of them still has each by itself. */
const mostNames = 200;
const mostOthers = 50;
/** So many names of a script's own are believed to be meant; from there on ids are looked for in them. */
const mostAsGiven = 100;
/** Bounds memory: how many of the others are counted apart. */
const mostCounted = 100_000;

/**
 * An address is what k6 takes for a name where the script gives none: it becomes its route, with its host only where
 * that is another than the first. Other names are kept as given while few of them are.
 */
const shortening = (kept: ReadonlySet<string>): ((given: string) => string) => {
  let firstHost: string | null = null;
  return (given) => {
    const found = routeOfAddress(given);
    if (found === null) return kept.has(given) || kept.size < mostAsGiven ? given : withoutIds(given);
    firstHost ??= found.host;
    return found.host === firstHost ? found.route : `${found.host}${found.route}`;
  };
};

export const openNames = (): BoundedNames => {
  const kept = new Set<string>();
  const others = new Set<string>();
  const placesOfOthers = new Set<string>();
  const shortened = shortening(kept);
  return {
    nameOf: (given) => {
      const name = shortened(given);
      if (kept.has(name)) return name;
      if (kept.size < mostNames) {
        kept.add(name);
        return name;
      }
      if (others.size < mostCounted) others.add(name);
      const place = name.includes('/') ? othersLike(name) : otherNames;
      if (!placesOfOthers.has(place) && placesOfOthers.size >= mostOthers) return otherNames;
      placesOfOthers.add(place);
      return place;
    },
    get more() {
      return others.size;
    },
  };
};
