import { describe, expect, test } from 'vitest';
import { classifyError } from '../classify.ts';
import { errorFamilies } from '../error-families.ts';
import { corpusTexts, type CorpusText } from './corpus.ts';

const texts = corpusTexts();
const isSafe = (outcome: string): boolean => outcome === 'not-executed' || outcome === 'rolled-back';

const drivers = [
  'postgres.js',
  'pgjdbc',
  'asyncpg',
  'psycopg2',
  'psycopg 3',
  'lib/pq',
  'pgx',
  'Npgsql',
  'Prisma',
  'sqlx',
  'r2d2',
  'deadpool',
  'bb8',
  'Tomcat',
  'c3p0',
  'HikariCP',
  'r2dbc',
  'Django',
  'Ecto',
  'pgcat',
  'Odyssey',
  'RDS Proxy',
  'Neon',
  'Supavisor',
  'PgBouncer',
  'ActiveRecord',
];

/** Right: the family and what it says of the outcome. */
const isRight = ({ text, family, outcome }: CorpusText): boolean => {
  const found = classifyError(text);
  return found.family === family && found.outcome === outcome;
};

const wrongIn = (some: readonly CorpusText[]): string[] =>
  some
    .filter((one) => !isRight(one))
    .map(({ text, family, outcome }) => {
      const found = classifyError(text);
      return `${text}: ${found.family}/${found.outcome}, right is ${family}/${outcome}`;
    });

test('it is large enough, and each text says where it stands', () => {
  expect(texts.length).toBeGreaterThanOrEqual(400);
  for (const driver of drivers) {
    const of = texts.filter((one) => one.driver.startsWith(driver));
    expect(of.length, driver).toBeGreaterThanOrEqual(5);
  }
  for (const { text, source } of texts) expect(source, text).toMatch(/\S+\/\S+|\w+ /);
  expect(new Set(texts.map(({ text }) => text)).size).toBe(texts.length);
});

test('its families are those of the table', () => {
  const known = new Set(errorFamilies.map(({ id }) => id));
  for (const { text, family } of texts) expect(known, text).toContain(family);
});

describe.each([
  ['the half that the table may be written from', false],
  ['the half that is held back', true],
])('%s', (_name, heldBack) => {
  const half = texts.filter((one) => one.heldBack === heldBack);

  test('is a good part of it', () => expect(half.length).toBeGreaterThan(texts.length / 3));

  test('is right in 95 of 100', () => {
    const wrong = wrongIn(half);
    expect(wrong.length, wrong.join('\n')).toBeLessThanOrEqual(half.length * 0.05);
  });

  test('nothing is called safe to repeat that is not', () => {
    const vouched = half.filter(({ text, outcome }) => isSafe(classifyError(text).outcome) && !isSafe(outcome));
    expect(vouched.map(({ text }) => text)).toEqual([]);
  });
});
