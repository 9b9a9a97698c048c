import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dockerChecks } from '../../doctor/docker.ts';
import { doctor, renderDiagnoses } from '../../doctor/doctor.ts';
import { composeIsOld, onHostNetwork, resolveEngine } from './engine.ts';

let folder = '';
const pathBefore = process.env['PATH'] ?? '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-test-docker-'));
});
afterEach(() => {
  process.env['PATH'] = pathBefore;
  rmSync(folder, { recursive: true });
});

/** A client that is all there is on the PATH. */
const dockerIs = (body: string | null): void => {
  process.env['PATH'] = folder;
  if (body !== null) writeFileSync(path.join(folder, 'docker'), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
};

test('a docker compose that knows less than the files need is told apart by its version, however that is written', () => {
  expect(
    ['2.20.3', 'v2.24.4', '2.29.1-desktop.1', '2.40.3+ds1-0ubuntu1~24.04.1', '5.0.2'].filter(composeIsOld),
  ).toEqual([]);
  expect(['1.29.2', 'v2.18.1', '2.20.2+ds1', '2.9.9'].filter((version) => !composeIsOld(version))).toEqual([]);
});

test("the host's network is taken where there is no bridge, or as asked for", () => {
  const bridge = [
    { Name: 'bridge', Driver: 'bridge' },
    { Name: 'host', Driver: 'host' },
  ];
  expect([
    onHostNetwork(undefined, bridge),
    onHostNetwork(undefined, bridge.slice(1)),
    onHostNetwork('1', bridge),
    onHostNetwork('0', []),
  ]).toEqual([false, true, true, false]);
});

test('a docker compose that is too old, or none, ends a start at once with what to do; doctor says it too', async () => {
  dockerIs('case "$*" in compose*) echo 2.18.1;; *) exit 1;; esac');
  const need =
    '2.20.3 or later is needed: sudo apt-get install docker-compose-plugin, or https://docs.docker.com/compose/install';
  await expect(resolveEngine()).rejects.toThrow(`docker compose is 2.18.1; ${need}; or do without by --stack local`);
  const said = renderDiagnoses(await doctor(dockerChecks.filter(({ part }) => part === 'Docker Compose')), false);
  expect(said).toMatch(
    /^without {2}Docker Compose {2}docker compose 2\.18\.1\n +-> do without, by --stack local; or: 2\.20\.3 or later is needed: /,
  );
  dockerIs('exit 1');
  await expect(resolveEngine()).rejects.toThrow(
    `docker compose does not answer here; ${need}; or do without by --stack local`,
  );
});
