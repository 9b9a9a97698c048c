/** Whose work runs, and how many connections one tenant may hold at once (000, tenant-level quotas). */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createSlots, type Slots } from './wait.ts';

const current = new AsyncLocalStorage<string>();

/** All that `work` does is done for that tenant. */
export const asTenant = <Result>(tenant: string, work: () => Result): Result => current.run(tenant, work);

/** Gives the place back. */
type Leave = () => void;

export interface TenantLimit {
  /** Resolves once the tenant holds fewer connections than it may; at once where nobody knows whose work it is. */
  enter(): Promise<Leave>;
}

const noLimit: TenantLimit = { enter: () => Promise.resolve(() => undefined) };

export const createTenantLimit = (limit: number): TenantLimit => {
  if (limit === 0) return noLimit;
  const places = new Map<string, Slots>();
  return {
    enter: () => {
      const tenant = current.getStore();
      if (tenant === undefined) return noLimit.enter();
      const own = places.get(tenant) ?? createSlots(limit);
      places.set(tenant, own);
      return new Promise((entered) => void own.run(() => new Promise<void>((leave) => entered(leave))));
    },
  };
};
