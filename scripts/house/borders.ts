/** The borders of docs/architecture.md, as rules that a test can hold the files to. */
import path from 'node:path';

const phases = ['profile', 'stack', 'target', 'load', 'faults', 'collect', 'check', 'grade', 'report', 'compare'];
const leafFiles = [
  'harness/errors.ts',
  'harness/result.ts',
  'harness/system/clock.ts',
  'harness/archive/run-folder.ts',
  'harness/archive/provenance.ts',
];
const leafFolders = ['harness/measure/', 'harness/system/', 'harness/tools/'];
/** These judge and draw from saved values: no process, socket or database of their own. */
const pure = ['grade', 'report'];
const inputAndOutput = /^(pg|execa|fastify|testcontainers|@duckdb\/.*|node:(child_process|net|http|https|dgram))$/;

export interface Import {
  /** `import type`, erased before anything runs. */
  typeOnly: boolean;
  /** Relative to the repository, `/` between folders; or the package's name. */
  from: string;
}

/** Every static and dynamic import and re-export with a literal name. */
export const importsOf = (text: string, file: string): Import[] => {
  const statements = text.matchAll(
    /^(?:import|export)\s+(type\s)?[^'"`;]*?from\s+'([^']+)'|^import\s+()'([^']+)'|\bimport\(()'([^']+)'\)/gm,
  );
  return [...statements].map(([, typeKeyword, from, , bare, , dynamic]) => ({
    typeOnly: typeKeyword !== undefined,
    from: located(from ?? bare ?? dynamic ?? '', file),
  }));
};

const located = (from: string, file: string): string =>
  from.startsWith('.') ? path.posix.join(path.posix.dirname(file), from) : from;

const phaseOf = (file: string): string | null => phases.find((phase) => file.startsWith(`harness/${phase}/`)) ?? null;

export const isLeaf = (file: string): boolean =>
  leafFiles.includes(file) || leafFolders.some((folder) => file.startsWith(folder));

/** One line that says which border an import crosses, or null. Tests may reach anywhere. */
export const borderCrossed = (file: string, { typeOnly, from }: Import): string | null => {
  if (typeOnly || /\.test\.ts$|\/fixtures\/|\/recordings\//.test(file)) return null;
  const crossing = (why: string): string => `${file} imports ${from}: ${why}`;
  if (file.startsWith('scenarios/'))
    return from.startsWith('harness/') || from.startsWith('target/')
      ? crossing('k6 runs this file, it knows neither harness nor target')
      : null;
  if (file.startsWith('target/'))
    return from.startsWith('harness/') ? crossing('the service must run without the harness') : null;
  const phase = phaseOf(file);
  if (phase !== null) return phaseCrossing(phase, from, crossing);
  return isLeaf(file) && from.startsWith('harness/') && !isLeaf(from)
    ? crossing('a leaf library knows no phase')
    : null;
};

const phaseCrossing = (phase: string, from: string, crossing: (why: string) => string): string | null => {
  if (
    pure.includes(phase) &&
    (inputAndOutput.test(from) || from.startsWith('harness/system/') || from.startsWith('harness/tools/'))
  ) {
    return crossing(`${phase} works from saved values, without input or output of its own`);
  }
  if (!from.startsWith('harness/') || phaseOf(from) === phase || isLeaf(from)) return null;
  // A comparison's page looks like a report's page: same frame, charts and escaping, not a second copy of them.
  if (phase === 'compare' && from.startsWith('harness/report/')) return null;
  return crossing('phases know each other by type only');
};
