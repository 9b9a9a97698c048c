import { styleText } from 'node:util';
import type { Check, Finding } from './check.ts';
import { checks as allChecks } from './parts.ts';
import { messageOf } from '../errors.ts';
import { everyTool } from '../tools/every-tool.ts';
import type { ToolLog } from '../tools/tool.ts';

/** One part of what a run needs. `fix` is null where all is well. */
export interface Diagnosis {
  part: string;
  purpose: string;
  ok: boolean;
  required: boolean;
  found: string | null;
  version: string | null;
  from: string | null;
  fix: string | null;
}

const lookLimitMs = 20_000;

/** Looks at every part at once and changes nothing. A check that throws or hangs is a part that is not well. */
export const doctor = (checks: readonly Check[] = allChecks): Promise<Diagnosis[]> => Promise.all(checks.map(diagnose));

const diagnose = async ({ part, purpose, required, fix, look }: Check): Promise<Diagnosis> => {
  const finding: Finding = await withinLimit(look()).catch((error: unknown) => ({
    found: null,
    fix: messageOf(error),
  }));
  const { found, version = null, from = null, ok = found !== null } = finding;
  return { part, purpose, ok, required, found, version, from, fix: ok ? null : (finding.fix ?? fix) };
};

const withinLimit = <Value>(work: Promise<Value>): Promise<Value> => {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${lookLimitMs / 1000} s`)), lookLimitMs);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
};

/** Gets every tool that can be got without installing anything; what cannot be got stays for the diagnosis to name. */
export const getTools = async (log: ToolLog): Promise<void> => {
  for (const resolve of everyTool) {
    await resolve(log).catch((error: unknown) => log(messageOf(error)));
  }
};

type Paint = (style: 'green' | 'red' | 'yellow' | 'dim', text: string) => string;

const markOf = ({ ok, required }: Diagnosis, paint: Paint): string => {
  if (ok) return paint('green', 'ok     ');
  return required ? paint('red', 'missing') : paint('yellow', 'without');
};

const linesOf = (diagnosis: Diagnosis, partWidth: number, paint: Paint): string[] => {
  const { part, purpose, found, version, from, fix } = diagnosis;
  const source = from === null ? null : paint('dim', `(${from})`);
  const what = [found ?? purpose, version, source].filter((word) => word !== null);
  const line = `${markOf(diagnosis, paint)}  ${part.padEnd(partWidth)}  ${what.join(' ')}`;
  return fix === null ? [line] : [line, `${' '.repeat(11 + partWidth)}${paint('dim', '->')} ${fix}`];
};

/** One line a part; below what is not well, the one thing that mends it. */
export const renderDiagnoses = (diagnoses: readonly Diagnosis[], colour: boolean): string => {
  const paint: Paint = (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
  const partWidth = Math.max(...diagnoses.map(({ part }) => part.length));
  const lines = diagnoses.flatMap((diagnosis) => linesOf(diagnosis, partWidth, paint));
  const missing = diagnoses.filter(({ ok, required }) => !ok && required);
  const last =
    missing.length === 0
      ? 'All that a run needs is here.'
      : `A run needs ${missing.map(({ part }) => part).join(', ')}: see -> above.`;
  return `${[...lines, '', last].join('\n')}\n`;
};
