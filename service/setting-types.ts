/** The three kinds of setting: a number, on or off, a choice between words. */
interface Common {
  says: string;
}

export interface NumberDefinition extends Common {
  kind: 'number';
  default: number;
  min: number;
  /** What is wrong with a value, as the rest of a sentence; null: nothing. */
  complaint(value: unknown): string | null;
}
export interface OnOffDefinition extends Common {
  kind: 'onOff';
  default: boolean;
  complaint(value: unknown): string | null;
}
export interface ChoiceDefinition<Word extends string> extends Common {
  kind: 'choice';
  default: Word;
  words: readonly Word[];
  complaint(value: unknown): string | null;
}
export type Definition = NumberDefinition | OnOffDefinition | ChoiceDefinition<string>;
export type ValueOf<Of> =
  Of extends ChoiceDefinition<infer Word> ? Word : Of extends NumberDefinition ? number : boolean;

/** A number of at least `min` (0 unless given). */
export const number = (value: number, options: Common & { min?: number }): NumberDefinition => {
  const min = options.min ?? 0;
  return {
    kind: 'number',
    default: value,
    min,
    says: options.says,
    complaint: (given) =>
      typeof given === 'number' && Number.isFinite(given) && given >= min
        ? null
        : `must be a number of at least ${min}`,
  };
};

export const onOff = (value: boolean, options: Common): OnOffDefinition => ({
  kind: 'onOff',
  default: value,
  says: options.says,
  complaint: (given) => (typeof given === 'boolean' ? null : 'must be true or false'),
});

/** One of a few words. */
export const choice = <const Word extends string>(
  value: NoInfer<Word>,
  words: readonly Word[],
  options: Common,
): ChoiceDefinition<Word> => ({
  kind: 'choice',
  default: value,
  words,
  says: options.says,
  complaint: (given) => (words.includes(given as Word) ? null : `must be one of ${words.join(', ')}`),
});
