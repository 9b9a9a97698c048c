/**
 * Real error texts with what they mean, told by the source that says them and never by our own table. By a fixed rule
 * they fall into two halves: the table may be written from the first, and is tried on the second.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

export interface CorpusText {
  driver: string;
  family: string;
  outcome: string;
  text: string;
  /** Repository and path, or the page, where the words stand. */
  source: string;
  /** Of the half that the table must not be written from. */
  heldBack: boolean;
}

/** By the text alone, so that a text keeps its half whatever is added beside it. */
const isHeldBack = (text: string): boolean => createHash('sha256').update(text).digest()[0]! % 2 === 1;

const folder = new URL('./', import.meta.url);

const textsOf = (file: string): CorpusText[] =>
  readFileSync(new URL(file, folder), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [driver = '', family = '', outcome = '', text = '', source = ''] = line.split('\t');
      return { driver, family, outcome, text, source, heldBack: isHeldBack(text) };
    });

export const corpusTexts = (): CorpusText[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.tsv'))
    .sort()
    .flatMap(textsOf);
