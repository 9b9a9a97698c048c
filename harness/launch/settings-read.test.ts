import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { settingsUrl } from './placement.ts';
import { readBack, type SettingsRead } from './settings-read.ts';

const askedOf = async (status: number, body: unknown): Promise<SettingsRead> => {
  const server = createServer((_request, response) => void response.writeHead(status).end(JSON.stringify(body)));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const url = settingsUrl((server.address() as AddressInfo).port);
  const settings = { appPoolMax: 18, workerStart: 'staggered' };
  return readBack([{ title: 'replica 1', url, settings }]).finally(() => server.close());
};

test('a part that runs with what was asked differs in nothing, whatever else it knows', async () => {
  expect(await askedOf(200, { appPoolMax: 18, workerStart: 'staggered', more: 1 })).toEqual({
    differences: [],
    unread: [],
  });
});

test('another value and a missing one are told, with who and what', async () => {
  expect((await askedOf(200, { appPoolMax: 2 })).differences).toEqual([
    'replica 1 runs with appPoolMax 2, asked was 18',
    'replica 1 runs with workerStart unset, asked was staggered',
  ]);
});

test('no answer is not agreement; a release that knows no such question is not held to it', async () => {
  expect((await askedOf(503, {})).unread).toEqual(['replica 1 does not say its settings: it answered 503']);
  expect(await askedOf(404, {})).toEqual({ differences: [], unread: [] });
});
