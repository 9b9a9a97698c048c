import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { CutOff, readBody } from './otlp-body.ts';

/** What a receiver that is busy for a while reads of a request whose sender has hung up meanwhile. */
const readAfterHangUp = async (sent: string): Promise<Buffer> => {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const server = createServer((request: IncomingMessage) => {
    readBody(request).then(resolve, reject);
    // Everything comes in one go: the bytes, and that nobody waits for an answer.
    const until = performance.now() + 100;
    while (performance.now() < until);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n${sent}`);
  await sleep(20);
  socket.destroy();
  try {
    return await promise;
  } finally {
    server.closeAllConnections();
    server.close();
  }
};

test('what has arrived whole counts, though its sender did not wait for an answer', async () => {
  expect((await readAfterHangUp('hello')).toString()).toBe('hello');
});

test('what its sender gave up in the middle is cut off, which is no fault of the source', async () => {
  await expect(readAfterHangUp('hel')).rejects.toThrow(CutOff);
});
