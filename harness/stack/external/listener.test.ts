import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { usageBehind } from './listener.ts';

test('whoever listens on a port of this machine is found by it, and only looked at', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const found = { kind: 'processTree', pid: process.pid, cpuOnly: true };
  expect(usageBehind(`http://127.0.0.1:${port}/shop`)()).toEqual(found);
  expect(usageBehind(`http://localhost:${port}`)()).toEqual(found);
  // It may be a pooler that answers at the port of the database.
  expect(usageBehind(`postgres://probe@127.0.0.1:${port}/app`, /^postgres/)()).toBeNull();
  expect(usageBehind(`postgres://probe@127.0.0.1:${port}/app?host=/run/postgresql`)()).toBeNull();
  expect(usageBehind(`http://db.example:${port}`)()).toBeNull();
  server.close();
  await once(server, 'close');
  expect(usageBehind(`http://127.0.0.1:${port}`)()).toBeNull();
  expect(usageBehind('')()).toBeNull();
});
