/**
 * Every incident, today's and those to come: its broken variant shows the failure and its fix holds; with the settings
 * of the two swapped, neither comes out as declared, and the run says which half and why. Each takes a minute, so two
 * are run; `PGSURGE_INCIDENTS="multiplexing tenant-quota"` runs others.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScenarioDeclaration, VariantDeclaration } from '../../scenarios/lib/declaration.ts';
import { exitCodes, type ExitCode } from '../errors.ts';
import type { Prepared } from '../run/contexts.ts';
import { environmentOf } from '../profile/environment.ts';
import { prepare } from '../run/prepare.ts';
import { listScenarioFiles, type PlanEntry } from '../profile/plan.ts';
import type { RunResult, ScenarioResult } from '../result.ts';
import { runPrepared } from '../run/run.ts';
import { settingsOfRelease } from '../launch/launch.ts';
import { silentProgress } from '../run/progress.ts';
import { smokeRequest } from '../run/smoke-request.ts';

const incidents = listScenarioFiles()
  .filter(({ group }) => group === 'incidents')
  .map(({ id }) => id);
const limitMs = 240_000;
const incidentOfEveryChange = 'thundering-herd';

/** No test is made for the others, since one that is skipped would count as run by nobody. */
const tried = (process.env['PGSURGE_INCIDENTS'] ?? 'thundering-herd duplicate-schedules').split(' ');
/** Those that CI runs, a part at each change: an incident joins when its series stands (scripts/series.ts). */
const gated = readFileSync('.ci/incidents.txt', 'utf8').trim().split('\n');
let reports: string;
beforeAll(() => {
  reports = mkdtempSync(path.join(tmpdir(), 'pgsurge-incidents-'));
});
afterAll(() => rmSync(reports, { recursive: true, force: true }));

interface Outcome {
  code: ExitCode;
  page: string;
  broken: ScenarioResult;
  fixed: ScenarioResult;
}

/** Broken and fixed alone, the plan changed by `change` before anything starts. */
const runPair = async (id: string, change: (entry: PlanEntry) => PlanEntry): Promise<Outcome> => {
  const prepared: Prepared = await prepare(
    smokeRequest({ scenarios: [id], argv: ['run', id], reports }),
    () => undefined,
  );
  const entries = prepared.plan.entries.filter(({ variant }) => ['broken', 'fixed'].includes(variant.name)).map(change);
  const code = await runPrepared({ ...prepared, plan: { ...prepared.plan, entries } }, silentProgress);
  const read = (name: string): string => readFileSync(path.join(reports, 'latest', name), 'utf8');
  const [broken, fixed] = (JSON.parse(read('run.json')) as RunResult).scenarios as [ScenarioResult, ScenarioResult];
  return { code, page: read('report.html'), broken, fixed };
};

/** All that a variant sets of the system under test. */
const settingsOf = ({ variants }: ScenarioDeclaration, name: string): Partial<VariantDeclaration> => {
  const { service, pooler, roles, route, rollout } = variants.find((variant) => variant.name === name)!;
  return { service, pooler, roles, route, rollout };
};

const otherOf: Record<string, string> = { broken: 'fixed', fixed: 'broken' };

/** A step done twenty times shows no more of a wrong setting than one done twice. */
const mostTimes = 2;

const swapped = (entry: PlanEntry): PlanEntry => {
  const { declaration } = entry;
  const variants = declaration.variants.map((variant) => ({
    ...variant,
    ...settingsOf(declaration, otherOf[variant.name] ?? variant.name),
  }));
  const steps = declaration.steps?.map((step) => ({
    ...step,
    times: Math.min(step.times ?? 1, mostTimes),
    variants: step.variants?.map((name) => otherOf[name] ?? name) ?? null,
  }));
  return {
    ...entry,
    declaration: { ...declaration, variants, ...(steps === undefined ? {} : { steps }) },
    variant: variants.find(({ name }) => name === entry.variant.name)!,
  };
};

test('there are incidents, and those that CI runs are among them', () => {
  expect(incidents.length).toBeGreaterThanOrEqual(2);
  expect([...gated, ...tried].filter((id) => !incidents.includes(id))).toEqual([]);
  expect(incidents).toContain(incidentOfEveryChange);
});

test.each(incidents)('%s declares settings that the service knows, for every variant', async (id) => {
  const { plan } = await prepare(smokeRequest({ scenarios: [id], argv: ['run', id], reports }), () => undefined);
  for (const { declaration, variant } of plan.entries) {
    const { service } = environmentOf({ declaration, variant });
    await expect(settingsOfRelease(null, service ?? {})).resolves.toMatchObject(variant.service ?? {});
  }
});

describe.each(tried)('%s', (id) => {
  test(
    'broken shows its symptoms, fixed meets its criteria',
    { tags: id === incidentOfEveryChange ? [] : 'full', timeout: limitMs },
    async () => {
      const { code, broken, fixed } = await runPair(id, (entry) => entry);
      expect({ broken: broken.reason, asExpected: broken.asExpected }).toEqual({
        broken: expect.stringContaining('shows its'),
        asExpected: true,
      });
      expect({ fixed: fixed.reason, asExpected: fixed.asExpected }).toEqual({
        fixed: expect.stringContaining('all criteria met'),
        asExpected: true,
      });
      expect(code).toBe(exitCodes.asExpected);
    },
  );

  test(
    'with the settings swapped, neither is as expected, and the page says so',
    { tags: 'full', timeout: limitMs },
    async () => {
      const { code, page, broken, fixed } = await runPair(id, swapped);
      expect([broken.asExpected, fixed.asExpected]).toEqual([false, false]);
      expect(broken.reason).toContain('not-reproduced');
      expect(fixed.verdict).toBe('fail');
      expect(code).toBe(exitCodes.failed);
      expect(page).toContain('Not as expected');
      expect(page).toContain('not-reproduced');
    },
  );
});
