import { expect, test } from 'vitest';
import { judge } from '../fixtures/judge.ts';

const verdictOf = (settingsRead: { differences: string[]; unread: string[] } | null): string =>
  judge('settings-in-force', undefined, { settingsRead }).verdict;

test('settings as asked pass, another or an unknown one leaves the run unknown', () => {
  expect(verdictOf({ differences: [], unread: [] })).toBe('pass');
  expect(verdictOf({ differences: ['replica 1 runs with appPoolMax 2, asked was 18'], unread: [] })).toBe(
    'inconclusive',
  );
  expect(verdictOf({ differences: [], unread: ['replica 1 does not say its settings'] })).toBe('inconclusive');
  expect(verdictOf(null)).toBe('notApplicable');
});
