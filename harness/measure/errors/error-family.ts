import type { Outcome } from './signature.ts';

export interface ErrorFamily {
  id: string;
  title: string;
  outcome: Outcome;
  causes: readonly string[];
  nextStep: string;
}
