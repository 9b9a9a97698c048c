// Stands for the bank's API: it takes its time, whoever waits for it.
import { setTimeout } from 'node:timers/promises';

export const charge = async (order) => {
  await setTimeout(300);
  return { order: order.id, ok: true };
};
