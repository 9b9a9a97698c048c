/** What a row that was run at a share of the predicted load says of the prediction. */
import type { GrowthLimit, GrowthRow } from '../../growth.ts';
import { formatNumber, formatValue } from '../../measure/numbers-in-words.ts';

export interface Tried {
  /** Null: it could not be told. */
  held: boolean | null;
  words: string;
}

const meanOf = ({ stretches, measures }: GrowthRow, id: string): number | null => {
  const seen = stretches.flatMap(({ kind, seconds }, index) => {
    const value = measures[id]?.values[index] ?? null;
    return kind === 'steady' && value !== null ? [{ value, seconds }] : [];
  });
  const total = seen.reduce((sum, { seconds }) => sum + seconds, 0);
  return total === 0 ? null : seen.reduce((sum, { value, seconds }) => sum + value * seconds, 0) / total;
};

/** `share`: of the predicted load; below 1 the level must not be met, above it must be. */
export const triedAt = (share: number, { id, title, level, unit }: GrowthLimit, row: GrowthRow | null): Tried => {
  const where = `at ${formatNumber(share)} of it`;
  if (row === null) return { held: null, words: `${where} nothing was measured` };
  if (row.unusable !== null) return { held: null, words: `${where} cannot tell: ${row.unusable}` };
  const value = meanOf(row, id);
  if (value === null || level === null) return { held: null, words: `${where} cannot tell: ${title} was not seen` };
  const isMet = value >= level;
  const held = isMet === share > 1;
  const verb = isMet ? 'is met' : 'is not met';
  const said = `${formatValue(value, unit)} of ${formatValue(level, unit)}`;
  return { held, words: `${where} it ${verb} (${said})${held ? '' : ', which the answer denies'}` };
};
