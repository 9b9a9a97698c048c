/**
 * Makes docs/seeds.md: each line of the source documents that holds a figure, a bullet or a check mark, quoted with its
 * number, and where it is measured or why it is not; below it the claims of those scenarios with what was measured.
 * The claims come from the declarations, by way of saved runs: `node scripts/seeds/document.ts RUN…` takes those of
 * these runs into docs/seeds/measured.json, beside those that are there.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { markdownCell } from '../../harness/measure/markdown-table.ts';
import { listScenarioFiles } from '../../harness/profile/plan.ts';
import { lineOfClaim } from './claim-lines.ts';
import { stretches, type Stretch } from './sections.ts';

const folder = new URL('../../docs/seeds/', import.meta.url);
const measuredFile = new URL('measured.json', folder);

interface MeasuredClaim {
  scenario: string;
  variant: string;
  seed: string;
  text: string;
  measured: string;
  note?: string | null;
}
interface Measured {
  /** When and on which commit. */
  of: string;
  claims: MeasuredClaim[];
}

export const textOf = (seed: string): string[] => readFileSync(new URL(`${seed}.txt`, folder), 'utf8').split('\n');

/** Bullets, numbers of a list, boxes, and marks, also where a mark came through in the wrong encoding. */
const says = /\d|^\s*[-*•] |✅|☑|✔|❌|⚠|📋|\[[ x]\]|âœ|âš|ðŸ/u;

export interface QuotedLine {
  line: number;
  text: string;
  stretch: Stretch;
}

/** The lines that say something, each with its stretch. */
export const quotedLines = (seed: string): QuotedLine[] =>
  textOf(seed).flatMap((text, index) => {
    const stretch = stretches[seed]?.findLast(({ fromLine }) => fromLine <= index + 1);
    return says.test(text) && stretch !== undefined ? [{ line: index + 1, text: text.trim(), stretch }] : [];
  });

const readMeasured = (): Record<string, Measured> =>
  existsSync(measuredFile) ? (JSON.parse(readFileSync(measuredFile, 'utf8')) as Record<string, Measured>) : {};

interface SavedRun {
  startedAt: string;
  git: { commit: string | null; dirty?: boolean | null };
  profile: { name: string };
  scenarios: { name: string; variant: string; claims?: Omit<MeasuredClaim, 'scenario' | 'variant'>[] | null }[];
}

/** By scenario, the newest run's claims. */
const takenIn = (before: Record<string, Measured>, runs: readonly string[]): Record<string, Measured> => {
  const after = { ...before };
  for (const run of runs) {
    const saved = JSON.parse(readFileSync(path.join(run, 'run.json'), 'utf8')) as SavedRun;
    const commit = saved.git.commit?.slice(0, 7) ?? 'unknown';
    const changed = saved.git.dirty === true ? ' and what was not committed yet' : '';
    const of = `${saved.profile.name}, ${saved.startedAt.slice(0, 10)}, commit ${commit}${changed}`;
    for (const [name, entries] of Map.groupBy(saved.scenarios, (entry) => entry.name)) {
      const claims = entries.flatMap(({ variant, claims: some }) =>
        (some ?? []).map(({ seed, text, measured, note }) => ({ scenario: name, variant, seed, text, measured, note })),
      );
      if (claims.length > 0) after[name] = { of, claims };
    }
  }
  return after;
};

const known = new Set(listScenarioFiles().map(({ id }) => id));
const cell = (text: string): string => markdownCell(text).replaceAll('<', '&lt;');
const linked = (id: string): string => (known.has(id) ? `\`${id}\`` : `\`${id}\` (not there yet)`);

const whereOf = ({ scenarios, why }: Stretch): string => (scenarios ?? []).map(linked).join(', ') || (why ?? '');

/** One word for what a claim came to. */
const outcome = ({ measured }: MeasuredClaim): string => {
  if (measured.includes('(holds')) return 'holds';
  if (measured.includes('(does not hold')) return 'does not hold';
  return measured.includes('with which') ? 'compared with' : 'not measured';
};

interface Quoted extends MeasuredClaim {
  of: string;
  line: number | null;
}

/** Those of one document, each with the line that it quotes; what the others are compared with is in their figures. */
const claimsOf = (seed: string, measured: Record<string, Measured>): Quoted[] =>
  Object.values(measured).flatMap(({ of, claims }) =>
    claims
      .filter((claim) => claim.seed === seed && outcome(claim) !== 'compared with')
      .map((claim) => ({ ...claim, of, line: lineOfClaim(claim.text, textOf(seed)) })),
  );

const claimRow = (claim: Quoted): string => {
  const { line, text, scenario, variant, measured, note, of } = claim;
  const figure = note == null ? measured : `${measured} ${note}`;
  const where = `\`${scenario}\`, ${variant}`;
  return `| ${line ?? 'words of ours'} | ${cell(text)} | ${where} | ${outcome(claim)} | ${cell(figure)} | ${of} |`;
};

/** Variant, outcome and figure; what was asked of it stands in the claims' own table. */
const cameTo = (claims: readonly Quoted[], line: number): string =>
  claims
    .filter((claim) => claim.line === line)
    .map((claim) => `${claim.variant}: ${outcome(claim)}, ${cell(claim.measured.split(' (')[0]!)}`)
    .join('; ');

const seedPart = (seed: string, measured: Record<string, Measured>): string[] => {
  const claims = claimsOf(seed, measured);
  return [
    `## ${seed}`,
    '',
    ...(claims.length === 0
      ? ['None of its claims was measured in a run that is kept here.']
      : [
          '| line | claim | scenario | outcome | measured | run |',
          '|---|---|---|---|---|---|',
          ...claims.map(claimRow),
        ]),
    '',
    `| line of ${seed} | as it stands there | where, or why not | what its claims came to |`,
    '|---|---|---|---|',
    ...quotedLines(seed).map(
      ({ line, text, stretch }) => `| ${line} | ${cell(text)} | ${whereOf(stretch)} | ${cameTo(claims, line)} |`,
    ),
    '',
  ];
};

export const seedsDocument = (measured = readMeasured()): string =>
  [
    '# What the source documents say, and what was measured',
    '',
    'Made from the declarations (`claims` of each scenario), saved runs and `scripts/seeds/sections.ts` by `node',
    'scripts/seeds/document.ts RUN…`; a test holds it to them. Every line of the five documents (`docs/seeds/`) that',
    'holds a figure, a bullet or a mark stands here, with the scenarios that re-enact it, or why none does. A claim is',
    'measured on this service and this machine: that it does not hold here says so of here. It stands with the line',
    'whose words it quotes, where it quotes any.',
    '',
    ...Object.keys(stretches).flatMap((seed) => seedPart(seed, measured)),
  ].join('\n');

if (import.meta.main) {
  const measured = takenIn(readMeasured(), process.argv.slice(2));
  writeFileSync(measuredFile, `${JSON.stringify(measured, null, 1)}\n`);
  writeFileSync(new URL('../../docs/seeds.md', import.meta.url), seedsDocument(measured));
}
