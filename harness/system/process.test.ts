import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { processesWithEnvironment, processTree, signalProcess } from './proc.ts';
import { crashTree, spawnOwned } from './process.ts';
import { waitUntil } from './wait.ts';

const marker = 'PGSURGE_TEST_CRASH';
/** As Postgres' backends, each in a session of its own; at most so many, should this test itself be killed. */
const forks =
  'i=0; while [ $i -lt 2000 ]; do i=$((i + 1)); setsid sleep 20 & [ $((i % 4)) -eq 0 ] && sleep 0.002; done; wait';
/** One crash may meet the process between two children by luck. */
const crashes = 8;

test('a crash leaves no child behind, though the process starts children without a pause', async () => {
  const id = randomBytes(6).toString('hex');
  try {
    for (let crash = 0; crash < crashes; crash += 1) {
      const forking = spawnOwned('forking', 'sh', ['-c', forks], { env: { [marker]: id } });
      await waitUntil('some children', () => processTree(forking.pid).length > 10, { limitMs: 5000 });
      await crashTree(forking);
    }
    await sleep(20);
    expect(processesWithEnvironment(marker, id)).toEqual([]);
  } finally {
    for (const child of processesWithEnvironment(marker, id)) signalProcess(child, 'SIGKILL');
  }
});
