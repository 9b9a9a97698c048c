import { createHash } from 'node:crypto';
import { chmod, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import type { Way } from './resolve.ts';

/** Where one release's files lie; the names are those of the release page. */
export interface Release {
  readonly baseUrl: string;
  /** An archive that holds the executable one folder down, or the executable itself. */
  readonly asset: string;
  /**
   * The release's own list of checksums, `<sha256>  <asset>` a line. It guards against a torn transfer, not against a
   * forged release.
   */
  readonly checksums: string;
}

const downloadLimitMs = 5 * 60_000;

/** The checksum that the release's list has for its asset. */
const listedChecksum = ({ asset, checksums }: Release, list: Buffer): string => {
  const lines = list.toString('utf8').split('\n');
  const found = lines.map((line) => line.trim().split(/\s+\*?/)).find(([, name]) => name === asset)?.[0];
  if (found === undefined) throw new Error(`${checksums} of the release does not list ${asset}`);
  return found;
};

/** Fetches a release's executable and compares it with the release's list of checksums. */
export const download = (release: Release): Way => ({
  from: 'download',
  make: async (file, log) => {
    const { baseUrl, asset, checksums } = release;
    log(`downloading ${baseUrl}/${asset}`);
    const [content, list] = await Promise.all([
      fetchBytes(`${baseUrl}/${asset}`),
      fetchBytes(`${baseUrl}/${checksums}`),
    ]);
    const expected = listedChecksum(release, list);
    const actual = createHash('sha256').update(content).digest('hex');
    if (actual !== expected) throw new Error(`${asset} has checksum ${actual}, the release says ${expected}`);
    await (/\.(tar\.gz|zip)$/.test(asset) ? unpack(content, file) : writeFile(file, content));
    await chmod(file, 0o755);
  },
});

const fetchBytes = async (url: string): Promise<Buffer> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(downloadLimitMs) }).catch((error: Error) => {
    throw new Error(`${url} cannot be reached (${error.cause instanceof Error ? error.cause.message : error.message})`);
  });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
};

const unpack = async (archive: Buffer, file: string): Promise<void> => {
  const folder = await mkdtemp(path.join(path.dirname(file), 'unpack-'));
  try {
    // By name, so that tar finds the format itself: zip on macOS, whose tar reads it.
    const packed = path.join(folder, 'archive');
    await writeFile(packed, archive);
    await execa('tar', ['-xf', packed, '-C', folder, '--strip-components=1']);
    await rename(path.join(folder, path.basename(file)), file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
