import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { tonight } from '../../scripts/tonight.ts';

const checkout = path.resolve(import.meta.dirname, '../..');
let folder = '';
let server: Server;
const comments: { url: string; body: string }[] = [];

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'pgsurge-nightly-'));
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      comments.push({ url: request.url ?? '', body });
      response.writeHead(201).end('{}');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Workflow {
  jobs: Record<string, { env: Record<string, string>; steps: { name?: string; run?: string; if?: string }[] }>;
}

/** A clone as the runner has it, with today's files where they are not committed yet. */
const clone = (): string => {
  const origin = path.join(folder, 'origin.git');
  const work = path.join(folder, 'work');
  execFileSync('git', ['clone', '-q', '--bare', checkout, origin]);
  execFileSync('git', ['clone', '-q', origin, work]);
  for (const part of [
    'bin',
    'harness',
    'scenarios',
    'scripts',
    'service',
    '.github',
    'package.json',
    'vitest.config.ts',
  ])
    cpSync(path.join(checkout, part), path.join(work, part), { recursive: true, force: true });
  symlinkSync(path.join(checkout, 'node_modules'), path.join(work, 'node_modules'));
  return work;
};

/** Scenarios of many variants: a night has the minutes for them, this test has not. */
let longIds: string | null = null;

const longOnes = (): string =>
  (JSON.parse(execFileSync(process.execPath, ['bin/pgsurge.mjs', 'list', '--json'], { encoding: 'utf8' })) as Listed[])
    .filter(({ lengthMs }) => lengthMs['smoke']! > 60_000)
    .map(({ id }) => id)
    .join(',');

/** Short loads and local processes; all else as the file says. */
const shorter = (longIds: string) => ({
  PROFILE: 'smoke',
  MATRIX: 'baseline',
  INCIDENTS: 'baseline',
  INCIDENT_STACK: 'local',
  ROTATION_MINUTES: '0.1',
  SELFTEST: '--only empty-ledger',
  TESTS: 'scripts/house',
  ROTATION_EXCEPT: longIds,
});

interface Listed {
  id: string;
  lengthMs: Record<string, number>;
}

type Step = Workflow['jobs'][string]['steps'][number];

const workflow = (): { own: Record<string, string>; steps: Step[] } => {
  const jobs = Object.values(
    (parse(readFileSync(path.join(checkout, '.github/workflows/nightly.yml'), 'utf8')) as Workflow).jobs,
  );
  const env = Object.assign({}, ...jobs.map((job) => job.env)) as Record<string, string>;
  return {
    own: Object.fromEntries(Object.entries(env).filter(([, value]) => !String(value).includes('${{'))),
    steps: jobs.flatMap((job) => job.steps).filter(({ run }) => run !== undefined),
  };
};

/** Runs a step in `work` as the runner would; its exit code. */
const execute = async ({ name, run }: Step, work: string): Promise<number> => {
  const { port } = server.address() as AddressInfo;
  const result = await execa('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', run!], {
    cwd: work,
    reject: false,
    all: true,
    timeout: 200_000,
    // A state of its own: the lock and the residue of a run beside this test are not ours.
    env: {
      ...workflow().own,
      ...shorter((longIds ??= longOnes())),
      PGSURGE_STATE_DIR: path.join(folder, 'state'),
      GITHUB_TOKEN: 'none',
      GITHUB_STEP_SUMMARY: path.join(folder, 'step-summary.md'),
      GITHUB_API_URL: `http://127.0.0.1:${port}`,
      GITHUB_REPOSITORY: 'made/up',
      GITHUB_SHA: 'abc123',
    },
  });
  if (![0, 1, 3].includes(result.exitCode ?? -1))
    throw new Error(`step "${name}" ended with ${result.exitCode}:\n${result.all}`);
  return result.exitCode!;
};

it(
  'every run step of the nightly workflow works as it stands: the run is kept on its branch, the summary comes ' +
    'as a comment',
  { tags: 'full', timeout: 600_000 },
  async () => {
    const work = clone();
    const ended: [string, number][] = [];
    for (const step of workflow().steps) ended.push([step.name ?? step.run!, await execute(step, work)]);
    expect(ended.map(([name]) => name)).toContain('Every planted defect must be found');
    expect(ended).toContainEqual(['The tests that take long', 0]);
    // A busy machine makes a run inconclusive (3) or fail (1); what must work whatever the machine does:
    for (const step of [
      'What this machine has',
      'The history so far',
      'A canary that must fail',
      'Keep the matrix run',
      'Regressions, from the history',
      'The summary, on this page and at the commit',
      'Leave nothing behind',
    ]) {
      expect(ended).toContainEqual([step, 0]);
    }
    const kept = execFileSync(
      'git',
      ['-C', path.join(folder, 'origin.git'), 'ls-tree', '-r', '-l', 'pgsurge-history'],
      {
        encoding: 'utf8',
      },
    );
    expect(kept).toMatch(/kept\/nightly-\d{4}-\d\d-\d\d\/run\.json/);
    expect(kept).not.toContain('package.json');
    expect(comments).toHaveLength(1);
    expect(comments[0]!.url).toBe('/repos/made/up/commits/abc123/comments');
    expect((JSON.parse(comments[0]!.body) as { body: string }).body).toMatch(/pgsurge history[\s\S]*baseline/i);
    expect(readFileSync(path.join(folder, 'step-summary.md'), 'utf8')).toContain('pgsurge history');
    expect(readdirSync(path.join(work, 'reports'))).toEqual(
      expect.arrayContaining(['matrix', 'incidents', 'canary', 'history.html']),
    );
    expect(existsSync(path.join(work, 'reports/canary/latest/report.html'))).toBe(true);
    expect(spawnSync('git', ['-C', work, 'status', '--short', '--', 'reports/kept']).status).toBe(0);
  },
);

it.each([
  ['cleaned away', true],
  ['left as it was', false],
])('the next night works on a checkout that is used again, its history %s', { tags: 'full' }, async (_, cleaned) => {
  const work = path.join(folder, 'work');
  const named = (name: string): Step => workflow().steps.find((step) => step.name === name)!;
  if (cleaned) rmSync(path.join(work, '.history'), { recursive: true });
  expect(await execute(named('The history so far'), work)).toBe(0);
  const labels = readdirSync(path.join(work, '.history/kept'));
  expect(labels.length).toBeGreaterThan(0);
  // As if the run kept first were of another night.
  if (cleaned)
    renameSync(path.join(work, '.history/kept', labels[0]!), path.join(work, '.history/kept/nightly-2020-01-01'));
  expect(await execute(named('Keep the matrix run'), work)).toBe(0);
  const kept = execFileSync(
    'git',
    ['-C', path.join(folder, 'origin.git'), 'ls-tree', '-r', '--name-only', 'pgsurge-history'],
    { encoding: 'utf8' },
  );
  expect(kept).toMatch(/kept\/nightly-2020-01-01\/run\.json[\s\S]*kept\/nightly-20(?!20-01-01)/);
  expect(kept).not.toContain('package.json');
});

it('the rotation takes another part each night, comes round, and fits its time', () => {
  const all = Array.from({ length: 11 }, (_, index) => ({ id: `s${index}`, costMs: 60_000 + 10_000 * (index % 3) }));
  const nights = Array.from({ length: 6 }, (_, night) => tonight(all, night, 240_000));
  expect(new Set(nights.flat()).size).toBe(11);
  for (const chosen of nights) {
    expect(chosen.length).toBeGreaterThan(0);
    expect(chosen.reduce((total, id) => total + all.find((one) => one.id === id)!.costMs, 0)).toBeLessThanOrEqual(
      240_000,
    );
  }
  expect(tonight([], 3, 1)).toEqual([]);
  expect(tonight(all, 0, 1)).toEqual(['s0']);
});
