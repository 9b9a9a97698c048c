import { setTimeout as sleep } from 'node:timers/promises';
import path from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';

test('one Ctrl-C, also where npm doubles it, waits for the end; a later second one does not', async () => {
  const waiting = execa(
    process.execPath,
    [
      '-e',
      `
    import(${JSON.stringify(path.join(import.meta.dirname, 'interrupt.ts'))}).then(({ interruptible }) => {
      interruptible(() => console.log('first'));
      console.log('ready');
      setInterval(() => {}, 1000);
    });
  `,
    ],
    { reject: false },
  );
  const said = (): Promise<unknown> =>
    new Promise((resolve) => {
      waiting.stdout.once('data', resolve);
    });
  await said();
  const first = said();
  waiting.kill('SIGINT');
  await first;
  waiting.kill('SIGINT');
  await sleep(1200);
  expect(waiting.exitCode).toBeNull();
  waiting.kill('SIGINT');
  expect((await waiting).exitCode).toBe(130);
});
