import { expect, test } from 'vitest';
import { asTenant, createTenantLimit } from './tenant-limit.ts';

const settle = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 5));

test('one tenant waits for itself, others do not wait for it', async () => {
  const limit = createTenantLimit(2);
  const entered: string[] = [];
  const leaves = new Map<string, () => void>();
  const enter = (tenant: string, name: string): void =>
    void asTenant(tenant, async () => {
      leaves.set(name, await limit.enter());
      entered.push(name);
    });
  for (const name of ['a1', 'a2', 'a3']) enter('a', name);
  enter('b', 'b1');
  await settle();
  expect(entered).toEqual(['a1', 'a2', 'b1']);
  leaves.get('a2')!();
  await settle();
  expect(entered).toEqual(['a1', 'a2', 'b1', 'a3']);
});

test('work of nobody, and a limit of 0, wait for nothing', async () => {
  const limit = createTenantLimit(1);
  const none = createTenantLimit(0);
  const ofNobody = await Promise.all([limit.enter(), limit.enter()]);
  const unlimited = await asTenant('a', () => Promise.all([none.enter(), none.enter(), none.enter()]));
  expect([ofNobody.length, unlimited.length]).toEqual([2, 3]);
});
