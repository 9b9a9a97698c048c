import type { Component } from '../stack/stack.ts';

/** What the healthy service may use over all its replicas (docs/glossary.md, "The healthy service"). */
const serviceBudget = { cores: 0.8, memoryBytes: 512 * 1024 * 1024 };

/** One replica's equal share. */
export const shareOfBudget = (replicas: number): NonNullable<Component['budget']> => ({
  cores: serviceBudget.cores / replicas,
  memoryBytes: serviceBudget.memoryBytes / replicas,
});
