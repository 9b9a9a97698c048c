/** Random numbers that depend on nothing but their seed text, so that two runs with one seed ask for the same. */

/** FNV-1a, 32 bits: the standard offset basis and prime. */
const hash = (text: string): number => {
  let state = 0x811c9dc5;
  for (let position = 0; position < text.length; position += 1) {
    state = Math.imul(state ^ text.charCodeAt(position), 0x01000193);
  }
  return state >>> 0;
};

/** Mulberry32, a public-domain generator by Tommy Ettinger; each call gives the next number in [0, 1). */
export const randomFrom = (seedText: string): (() => number) => {
  let state = hash(seedText);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};

/** A whole number in [low, high]. */
export const integerBetween = (random: () => number, low: number, high: number): number =>
  low + Math.floor(random() * (high - low + 1));
