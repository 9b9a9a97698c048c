/** Which line of its source document a claim quotes: the one in which the most of its first words stand in a row. */

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .replaceAll('’', "'")
    .split(/[^a-z0-9%<>=→]+/u)
    .filter((word) => word !== '');

/** What stands behind a colon or a comma, or in brackets at the end, says what was measured of it: words of ours. */
const quotedPart = (claim: string): string => claim.replace(/[:,] .*$/u, '').replace(/ \([^()]*\)$/u, '');

/** A whole claim of fewer words, or a part of one that has fewer, stands in many a line by chance. */
const fewestOfWhole = 3;
const fewestOfPart = 5;

/** How many of the claim's first words stand in a row in that line. */
const wordsInCommon = (claim: readonly string[], line: readonly string[]): number => {
  const spaced = ` ${line.join(' ')} `;
  let common = 0;
  while (common < claim.length && spaced.includes(` ${claim.slice(0, common + 1).join(' ')} `)) common += 1;
  return common;
};

/** Its number, from 1; null where the claim says it in words of ours. */
export const lineOfClaim = (claim: string, lines: readonly string[]): number | null => {
  const words = wordsOf(claim);
  const whole = Math.max(fewestOfWhole, wordsOf(quotedPart(claim)).length);
  const common = lines.map((line) => wordsInCommon(words, wordsOf(line)));
  const most = Math.max(0, ...common);
  return most >= Math.min(whole, fewestOfPart) ? common.indexOf(most) + 1 : null;
};
