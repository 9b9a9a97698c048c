import { expect, test } from 'vitest';
import type { Context } from '../context.ts';
import { cleanOrphans } from './orphans.ts';

/** A database that answers with these, one for each batch, and then that nothing is left. */
const cleaning = async (...answers: { held: boolean; moved: number }[]) => {
  const said: string[] = [];
  let batches = 0;
  const query = () => {
    batches += 1;
    return Promise.resolve([answers.shift() ?? { held: true, moved: 0 }]);
  };
  const settings = { orphanCleanup: true };
  const log = { warn: (text: string) => void said.push(text) };
  await cleanOrphans({ pool: { query }, settings, log, stopping: new AbortController().signal } as unknown as Context);
  return { batches, said };
};

test('batch after batch, until one is not full', async () => {
  const full = { held: true, moved: 1000 };
  expect(await cleaning(full, full, { held: true, moved: 83 })).toEqual({
    batches: 3,
    said: ['cleaned 2083 orphaned tasks, whose jobs had ended'],
  });
  expect(await cleaning()).toEqual({ batches: 1, said: [] });
});

test('who could not get the lock looks again, since it cannot tell that nothing is left', async () => {
  const { batches, said } = await cleaning(
    { held: true, moved: 1000 },
    { held: false, moved: 0 },
    { held: true, moved: 5 },
  );
  expect(batches).toBe(3);
  expect(said).toEqual(['cleaned 1005 orphaned tasks, whose jobs had ended']);
});
