/**
 * Makes docs/seeds.md: each line of the source documents that holds a figure, a bullet or a check mark, quoted with its
 * number, and where it is measured or why it is not; below it the claims of those scenarios with what was measured.
 * The claims come from the declarations, by way of saved runs: `node scripts/seeds/document.ts RUN…` takes those of
 * these runs into docs/seeds/measured.json, beside those that are there. Of several runs of a scenario the newest is
 * told, and how far those of its commit and profile lie apart.
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
  /** What each run of that commit measured, the newest last, where there was more than one. */
  rounds?: string[];
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

const readRun = (folder: string): SavedRun =>
  JSON.parse(readFileSync(path.join(folder, 'run.json'), 'utf8')) as SavedRun;

const claimsIn = ({ scenarios }: SavedRun, scenario: string): MeasuredClaim[] =>
  scenarios
    .filter(({ name }) => name === scenario)
    .flatMap(({ variant, claims }) =>
      (claims ?? []).map(({ seed, text, measured, note }) => ({ scenario, variant, seed, text, measured, note })),
    );

const isOfOne = (run: SavedRun, other: SavedRun): boolean =>
  run.git.commit === other.git.commit && run.profile.name === other.profile.name && other.git.dirty !== true;

const withRounds = (claim: MeasuredClaim, rounds: readonly SavedRun[]): MeasuredClaim => {
  const isSame = ({ variant, seed, text }: MeasuredClaim): boolean =>
    variant === claim.variant && seed === claim.seed && text === claim.text;
  const measured = rounds.flatMap((run) => claimsIn(run, claim.scenario).filter(isSame)).map((one) => one.measured);
  return measured.length > 1 ? { ...claim, rounds: measured } : claim;
};

const ofRun = ({ git, profile, startedAt }: SavedRun): string => {
  const changed = git.dirty === true ? ' and what was not committed yet' : '';
  return `${profile.name}, ${startedAt.slice(0, 10)}, commit ${git.commit?.slice(0, 7) ?? 'unknown'}${changed}`;
};

/** By scenario, the newest run's claims, and what the others of its kind measured. */
export const takenIn = (before: Record<string, Measured>, runs: readonly SavedRun[]): Record<string, Measured> => {
  const after = { ...before };
  const inTime = runs.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
  for (const name of new Set(inTime.flatMap(({ scenarios }) => scenarios.map((entry) => entry.name)))) {
    const having = inTime.filter((run) => claimsIn(run, name).length > 0);
    const newest = having.at(-1);
    if (newest === undefined) continue;
    const rounds = having.filter((run) => isOfOne(newest, run));
    after[name] = { of: ofRun(newest), claims: claimsIn(newest, name).map((claim) => withRounds(claim, rounds)) };
  }
  return after;
};

const known = new Set(listScenarioFiles().map(({ id }) => id));
const cell = (text: string): string => markdownCell(text).replaceAll('<', '&lt;');
const linked = (id: string): string => (known.has(id) ? `\`${id}\`` : `\`${id}\` (not there yet)`);

const whereOf = ({ scenarios, why }: Stretch): string => (scenarios ?? []).map(linked).join(', ') || (why ?? '');

/** One word for what one run measured. */
const wordOf = (measured: string): string => {
  if (measured.includes('(holds')) return 'holds';
  if (measured.includes('(does not hold')) return 'does not hold';
  return measured.includes('with which') ? 'compared with' : 'not measured';
};

/** What a claim came to; where the rounds do not agree, in how many of them it held. */
const outcome = ({ measured, rounds = [] }: MeasuredClaim): string => {
  const held = rounds.filter((one) => wordOf(one) === 'holds').length;
  const agree = rounds.every((one) => wordOf(one) === wordOf(measured));
  return agree ? wordOf(measured) : `holds in ${held} of ${rounds.length}`;
};

/** The figure that was held to the claim. */
const judgedFigure = (measured: string): number => {
  const [, figure] = /([\d.]+(?:e[+-]?\d+)?) \((?:holds|does not hold)/u.exec(measured) ?? [];
  return figure === undefined ? NaN : Number(figure);
};

/** `; over 3 runs 9 to 12.` */
const spreadOf = ({ rounds = [] }: MeasuredClaim): string => {
  const figures = rounds.map(judgedFigure).filter((figure) => !Number.isNaN(figure));
  if (figures.length < 2) return '';
  const [least, most] = [Math.min(...figures), Math.max(...figures)];
  return `; over ${figures.length} runs ${least === most ? `always ${least}` : `${least} to ${most}`}.`;
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
  const spread = `${measured}${spreadOf(claim)}`;
  const figure = note == null ? spread : `${spread} ${note}`;
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
  const measured = takenIn(readMeasured(), process.argv.slice(2).map(readRun));
  writeFileSync(measuredFile, `${JSON.stringify(measured, null, 1)}\n`);
  writeFileSync(new URL('../../docs/seeds.md', import.meta.url), seedsDocument(measured));
}
