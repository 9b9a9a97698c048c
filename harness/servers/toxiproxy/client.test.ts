import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { freePorts, releasePorts } from '../../system/ports.ts';
import { isRefused } from '../refused.ts';
import { toxiproxyAt, type Toxiproxy } from './client.ts';

const answering = async (status: number, body: string, use: (toxiproxy: Toxiproxy) => Promise<void>): Promise<void> => {
  const server = createServer((_, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await use(toxiproxyAt(`http://127.0.0.1:${port}`));
  await new Promise((resolve) => {
    server.close(resolve);
  });
};

const slow = { name: 'slow', type: 'latency', stream: 'downstream', toxicity: 1, attributes: { latency: 5 } } as const;

test('what it refuses is an error with its own words; a toxic that is gone already is none', async () => {
  await answering(409, '{"error":"toxic already exists"}', async (toxiproxy) => {
    await expect(toxiproxy.addToxic('pooler-database', slow)).rejects.toThrow(
      /^Toxiproxy answered 409: .*toxic already exists/,
    );
  });
  await answering(404, '', async (toxiproxy) => {
    await toxiproxy.removeToxic('pooler-database', 'slow');
    await expect(toxiproxy.reset()).rejects.toThrow(/^Toxiproxy answered 404$/);
  });
});

test('where nobody listens, the error can be told from a refusal', async () => {
  const [port = 0] = await freePorts(1);
  const gone = toxiproxyAt(`http://127.0.0.1:${port}`);
  const error = await gone.reset().catch((reason: unknown) => reason);
  releasePorts([port]);
  expect(String(error)).toContain('Toxiproxy does not answer');
  expect(isRefused(error)).toBe(true);
  expect(isRefused(new Error('no'))).toBe(false);
});
