import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, test } from 'vitest';
import { pause } from './wait.ts';

/** A replica that starts: it says so a number of times, and then that it is ready. */
const startingReplica = async (notReadyTimes: number) => {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.writeHead(asked > notReadyTimes ? 200 : 503).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked: () => asked, [Symbol.dispose]: () => void server.close() };
};

const front = (replica: string, everyMs: number) => {
  const env = { PORT: '0', PGSURGE_REPLICA_URLS: replica, PGSURGE_READY_EVERY_MS: String(everyMs) };
  const file = path.join(import.meta.dirname, 'front.ts');
  const child = spawn(process.execPath, ['--no-warnings', file], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  return { said: () => said, [Symbol.dispose]: () => void child.kill('SIGKILL') };
};

test('a replica that starts is asked often until it is ready, and from then on at the usual interval', async () => {
  using replica = await startingReplica(10);
  using asking = front(replica.url, 3000);
  for (let wait = 0; wait < 100 && !asking.said().includes('takes requests'); wait += 1) await pause(100);
  expect(asking.said()).toContain('replica 0 takes requests');
  expect(replica.asked()).toBe(11);
  await pause(500);
  expect(replica.asked()).toBeLessThanOrEqual(12);
});
