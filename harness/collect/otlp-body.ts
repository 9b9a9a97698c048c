/** The body of an export, as far as its sender sent it. */
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

const largestBody = 64 * 1024 * 1024;
const unzip = promisify(gunzip);

export class TooLarge extends Error {}
/** The sender hung up in the middle: it was killed, or gave the export up. */
export class CutOff extends Error {}

/**
 * Also where the sender hung up as soon as all was sent: a client that ends cancels its last export, and what has
 * arrived whole by then counts.
 */
const bytesOf = (request: IncomingMessage): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    request.on('data', (part: Buffer) => {
      size += part.length;
      if (size > largestBody) reject(new TooLarge(`a body of more than ${largestBody} bytes`));
      else parts.push(part);
    });
    request.on('end', () => resolve(Buffer.concat(parts)));
    request.on('error', () => undefined);
    request.on('close', () =>
      request.complete ? resolve(Buffer.concat(parts)) : reject(new CutOff('its sender hung up')),
    );
  });

export const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const body = await bytesOf(request);
  return request.headers['content-encoding'] === 'gzip' ? unzip(body, { maxOutputLength: largestBody }) : body;
};
