/**
 * Holm's step-down correction (S. Holm 1979): adjusted p values, in the order given. Reject where ≤ alpha,
 * and the chance of one or more false rejections over all tests together is ≤ alpha, whatever their dependence.
 */
export const holm = (pValues: readonly number[]): number[] => {
  const order = pValues.map((_, position) => position).sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = new Array<number>(pValues.length);
  let highest = 0;
  order.forEach((position, rank) => {
    highest = Math.max(highest, Math.min(1, (pValues.length - rank) * pValues[position]!));
    adjusted[position] = highest;
  });
  return adjusted;
};
