import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { download } from './release.ts';

let folder: string;
let server: Server;
let baseUrl: string;
const files = new Map<string, Buffer>();
const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
const silent = (): void => {};

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pgsurge-release-'));
  server = createServer((request, response) => {
    const content = files.get(request.url ?? '');
    response.writeHead(content === undefined ? 404 : 200).end(content);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  files.clear();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

test('an archive is unpacked to the executable', async () => {
  await mkdir(path.join(folder, 'k6-v2'));
  await writeFile(path.join(folder, 'k6-v2/k6'), 'binary');
  await execa('tar', ['-czf', 'k6-v2.tar.gz', 'k6-v2'], { cwd: folder });
  const archive = await readFile(path.join(folder, 'k6-v2.tar.gz'));
  files
    .set('/k6-v2.tar.gz', archive)
    .set('/sums', Buffer.from(`${'0'.repeat(64)}  other\n${sha256(archive)}  k6-v2.tar.gz\n`));
  await mkdir(path.join(folder, 'out'));
  await download({ baseUrl, asset: 'k6-v2.tar.gz', checksums: 'sums' }).make(path.join(folder, 'out/k6'), silent);
  expect(await readFile(path.join(folder, 'out/k6'), 'utf8')).toBe('binary');
  expect((await stat(path.join(folder, 'out/k6'))).mode & 0o111).toBe(0o111);
});

test('a wrong checksum, an unlisted file, a missing release and a dead host are each said in one line', async () => {
  const way = download({ baseUrl, asset: 'server', checksums: 'sums' });
  const file = path.join(folder, 'server');
  await expect(way.make(file, silent)).rejects.toThrow(/answers 404$/);
  files.set('/server', Buffer.from('torn')).set('/sums', Buffer.from(''));
  await expect(way.make(file, silent)).rejects.toThrow('does not list server');
  files.set('/sums', Buffer.from(`${sha256(Buffer.from('whole'))}  server\n`));
  await expect(way.make(file, silent)).rejects.toThrow(/server has checksum .*, the release says/);
  await expect(
    download({ baseUrl: 'http://127.0.0.1:9', asset: 'server', checksums: 'sums' }).make(file, silent),
  ).rejects.toThrow(/127\.0\.0\.1:9\/server cannot be reached/);
});
