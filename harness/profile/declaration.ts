/** The border at which a scenario's declaration is checked: its shape by zod, then what shape alone cannot say. */
import type { z } from 'zod';
import type { ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';
import { findingsOf, type Finding } from './declaration-rules.ts';
import { declarationShape } from './declaration-shape.ts';

const pathOf = (parts: readonly PropertyKey[]): string =>
  parts
    .map((part, position) => (typeof part === 'number' ? `[${part}]` : `${position === 0 ? '' : '.'}${String(part)}`))
    .join('');

const valueAt = (value: unknown, parts: readonly PropertyKey[]): unknown =>
  parts.reduce<unknown>((inner, part) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[part], value);

const findingOfIssue = (issue: z.core.$ZodIssue, value: unknown): Finding => {
  const found = valueAt(value, issue.path);
  const shown = typeof found === 'string' || typeof found === 'number' ? ` ${JSON.stringify(found)}` : '';
  return `${pathOf(issue.path) || 'the declaration'}${shown}: ${issue.message}`;
};

/** A declaration that can be run, or what is wrong with it, each on one line that names the place. */
export const parseDeclaration = (
  value: unknown,
): { ok: true; declaration: ScenarioDeclaration } | { ok: false; findings: Finding[] } => {
  const parsed = declarationShape.safeParse(value);
  if (!parsed.success) return { ok: false, findings: parsed.error.issues.map((issue) => findingOfIssue(issue, value)) };
  const findings = findingsOf(parsed.data);
  return findings.length === 0 ? { ok: true, declaration: parsed.data } : { ok: false, findings };
};
