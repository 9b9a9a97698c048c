import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyFacts } from './entry-facts.ts';
import type { Prepared } from './contexts.ts';
import { prepare } from './prepare.ts';
import type { RunRequest } from './request.ts';
import { smokeRequest } from './smoke-request.ts';
import { runOf } from '../report/recordings/run.ts';

let reports: string;
beforeAll(() => {
  reports = mkdtempSync(path.join(tmpdir(), 'pgsurge-prepare-'));
});
afterAll(() => rmSync(reports, { recursive: true, force: true }));

const prepared = (changed: Partial<RunRequest>): Promise<Prepared> =>
  prepare(smokeRequest({ scenarios: ['pooler-crash'], argv: [], reports, ...changed }), () => undefined);
const entriesOf = ({ plan }: Prepared): string[] => plan.entries.map(({ entry }) => entry);

/** The folder of a run of which nothing was finished, as `--resume` finds it. */
const begun = ({ plan, profile }: Prepared, id: string): string => {
  const folder = path.join(reports, id);
  mkdirSync(folder);
  writeFileSync(
    path.join(folder, 'run.json'),
    JSON.stringify(
      runOf(
        plan.entries.map((planned) => emptyFacts(planned, 1)),
        {
          id,
          name: plan.name,
          state: 'interrupted',
          profile: { name: profile.name, timeScale: profile.factor },
          plan: { scenarios: ['pooler-crash'], variant: 'all', repeats: 1 },
        },
      ),
    ),
  );
  return folder;
};

test('chaos is planned beside its control; a planted defect is tried alone', async () => {
  expect(entriesOf(await prepared({}))).toEqual(['pooler-crash.healthy.1', 'control.healthy.1']);
  expect(entriesOf(await prepared({ repeats: 2 }))).toEqual([
    'pooler-crash.healthy.1',
    'control.healthy.1',
    'pooler-crash.healthy.2',
    'control.healthy.2',
  ]);
  expect(entriesOf(await prepared({ plant: { settings: {} } }))).toEqual(['pooler-crash.healthy.1']);
});

test('a run that goes on keeps the plan with which it was begun, also one of before there were controls', async () => {
  const [now, before] = [begun(await prepared({}), 'now'), begun(await prepared({ plant: {} }), 'before')];
  expect(entriesOf(await prepared({ scenarios: [], resume: now }))).toEqual([
    'pooler-crash.healthy.1',
    'control.healthy.1',
  ]);
  expect(entriesOf(await prepared({ scenarios: [], resume: before }))).toEqual(['pooler-crash.healthy.1']);
});

test('a config that names the reference service plans what is planned without one', async () => {
  const config = path.join(reports, 'pgsurge.config.json');
  writeFileSync(config, JSON.stringify({ service: 'reference' }));
  const without = await prepared({ scenarios: ['matrix'] });
  const withConfig = await prepared({ scenarios: ['matrix'], config });
  expect(withConfig).toMatchObject({ own: null, external: null });
  expect(withConfig.plan).toEqual(without.plan);
  expect(entriesOf(withConfig)).toHaveLength(4);
});
