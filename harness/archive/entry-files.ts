/**
 * What an entry leaves in its run's folder beside run.json and its samples: what judging needs and neither of them
 * holds. Written while the entry is measured, read whenever it is judged, by today's names.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';
import { todaysDeclaration } from './old-names.ts';
import type { RunFolder } from './run-folder.ts';

/** Answers of SQL questions by the symptom's or claim's id, asked while the database was up; null: no answer came. */
export type SqlAnswers = Record<string, number | null>;

export const ledgerFileOf = (folder: RunFolder, entry: string): string => folder.path('ledger', `${entry}.ndjson`);

const declarationName = (scenario: string): string => `declarations/${scenario}.json`;
const answersName = (entry: string): string => `load/${entry}.answers.json`;

const readJson = <Value>(file: string): Value | null =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Value) : null;

export const saveDeclaration = (folder: RunFolder, declaration: ScenarioDeclaration): void =>
  folder.write(declarationName(declaration.id), JSON.stringify(declaration));

/** Null where none was saved, as in a kept run. */
export const readDeclaration = (folder: RunFolder, scenario: string): ScenarioDeclaration | null => {
  const saved = readJson<ScenarioDeclaration>(folder.path(declarationName(scenario)));
  return saved === null ? null : todaysDeclaration(saved);
};

/** A kept run holds no declarations, and so cannot be judged anew. */
export const hasDeclarations = (folder: RunFolder): boolean => existsSync(folder.path('declarations'));

export const saveAnswers = (folder: RunFolder, entry: string, answers: SqlAnswers): void =>
  folder.write(answersName(entry), JSON.stringify(answers));

export const readAnswers = (folder: RunFolder, entry: string): SqlAnswers =>
  readJson<SqlAnswers>(folder.path(answersName(entry))) ?? {};
