import { expect, test } from 'vitest';
import { signalsOf } from './signals.ts';

test('the signal that ends a pooler at once is chosen by its version', () => {
  for (const version of ['PgBouncer 1.18.0', 'PgBouncer 1.22.1', '1.9.0'])
    expect(signalsOf(version).immediate, version).toBe('SIGTERM');
  for (const version of ['PgBouncer 1.23.0', 'PgBouncer 1.24.1', 'PgBouncer 1.25.0dev', 'PgBouncer 2.0.0', ''])
    expect(signalsOf(version).immediate, version).toBe('SIGQUIT');
});
