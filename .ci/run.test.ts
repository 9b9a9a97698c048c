import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { processStat } from '../harness/system/proc.ts';
import { waitUntil } from '../harness/system/wait.ts';

const own = fileURLToPath(new URL('run', import.meta.url));

interface Machine {
  docker: string;
  standins?: string;
  /** Where the daemon leaves its id; by default nothing is there. */
  pidFile?: string;
  /** By default all tests pass. */
  npm?: string;
}

/** The real script between programs that do nothing; Docker and what makes it are as given. */
const ciOn = async ({
  docker,
  standins,
  pidFile = '/nowhere',
  npm = 'exit 0',
}: Machine): Promise<{ exitCode: number; output: string }> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-ci-'));
  const program = (file: string, body: string): void => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  };
  try {
    program('bin/npm', npm);
    for (const name of ['tsc', 'oxlint', 'prettier', 'knip', 'chromium']) program(`bin/${name}`, 'exit 0');
    const files = '*failed-files*) echo slow.test.ts;;';
    program('bin/node', `case "$1" in *count-tests*) echo 1 0;; ${files} esac`);
    program('bin/docker', docker);
    if (standins !== undefined) program('shared/docker/standins.sh', standins);
    mkdirSync(path.join(folder, 'clone/.ci'), { recursive: true });
    cpSync(own, path.join(folder, 'clone/.ci/run'));
    cpSync(path.join(path.dirname(own), 'incidents.txt'), path.join(folder, 'clone/.ci/incidents.txt'));
    const env = { PATH: `${folder}/bin:/usr/bin:/bin`, FOLDER: folder, TMPDIR: folder, DOCKER_PID_FILE: pidFile };
    return await new Promise((resolve) => {
      execFile(path.join(folder, 'clone/.ci/run'), { env }, (error, stdout) =>
        resolve({ exitCode: error === null ? 0 : Number(error.code), output: stdout }),
      );
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test('with Docker the compose stack is tried', async () => {
  const { exitCode, output } = await ciOn({ docker: 'exit 0' });
  expect(output).toMatch(
    /== the compose files hold together\n[\s\S]*== tests of the compose stack\n[\s\S]*== local and compose judge alike\n/,
  );
  expect([exitCode, output.trim().split('\n').at(-1)]).toEqual([0, '18 passed, 0 failed']);
});

test('compose files that compose refuses are a failure', async () => {
  const { exitCode, output } = await ciOn({ docker: 'case "$*" in *config*) echo no such file; exit 15;; esac' });
  expect([exitCode, output.trim().split('\n').slice(-5)]).toEqual([
    1,
    [
      'failed: the compose files hold together (exit 15)',
      'no such file',
      'failed: and on the host network (exit 15)',
      'no such file',
      '16 passed, 2 failed',
    ],
  ]);
});

test('a step that passes only at its second try counts, and the end names it with what it said before', async () => {
  const once =
    'case "$*" in *config*) [ -e "$FOLDER/tried" ] && exit 0; touch "$FOLDER/tried"; echo slow host; exit 9;; esac';
  const { exitCode, output } = await ciOn({ docker: once });
  expect([exitCode, output.trim().split('\n').slice(-4)]).toEqual([
    0,
    ['passed at the second try: the compose files hold together', 'exit 9', 'slow host', '18 passed, 0 failed'],
  ]);
});

test('files with failed tests are tried once more, and the end says so', async () => {
  const npm = 'case "$*" in *slow.test.ts*) exit 0;; *test:full*) exit 1;; esac';
  const { exitCode, output } = await ciOn({ docker: 'exit 0', npm });
  expect(output).toContain('== npm run test:full: the second try of slow.test.ts\n');
  expect([exitCode, output.trim().split('\n').slice(-2)]).toEqual([
    0,
    ['passed at the second try: npm run test:full', '18 passed, 0 failed'],
  ]);
});

test('no Docker and nothing that makes one: skipped, and said', async () => {
  const { exitCode, output } = await ciOn({ docker: 'exit 1' });
  expect(output).toContain('no Docker here, and no way to get one: the compose stack was not tried');
  expect(exitCode).toBe(0);
});

test('the Docker that was started for it is ended with it', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-ci-daemon-'));
  const pidFile = path.join(folder, 'docker.pid');
  try {
    const standins = `sleep 60 >/dev/null 2>&1 & echo $! > "${pidFile}"; touch "$FOLDER/up"`;
    const { exitCode } = await ciOn({ docker: '[ -e "$FOLDER/up" ]', standins, pidFile });
    expect(exitCode).toBe(0);
    const pid = Number(readFileSync(pidFile, 'utf8'));
    expect(pid).toBeGreaterThan(0);
    await waitUntil('the daemon to end', () => (processStat(pid)?.state ?? 'Z') === 'Z', {
      limitMs: 5000,
      everyMs: 50,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what should make it and fails, or makes none, is a failure', async () => {
  const failing = await ciOn({ docker: 'exit 1', standins: 'exit 7' });
  expect(failing.output).toContain('failed: Docker and stand-in images (exit 7)');
  const empty = await ciOn({ docker: 'exit 1', standins: 'exit 0' });
  expect(empty.output).toContain(
    'failed: the compose stack was not tried: ../shared/docker/standins.sh gave no Docker',
  );
  const half = await ciOn({ docker: '[ -e "$FOLDER/up" ]', standins: 'touch "$FOLDER/up"; exit 124' });
  expect(half.output).toContain('failed: Docker and stand-in images (exit 124)');
  expect(half.output).toContain('== tests of the compose stack');
  expect([failing.exitCode, empty.exitCode, half.exitCode]).toEqual([1, 1, 1]);
});
