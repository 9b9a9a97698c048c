/** Records are whole again however the pipe cut them. */
import { expect, test } from 'vitest';
import { RecordReader, recordKinds } from './records.ts';

const record = (pair: number, kind: number, atMs: number, said: string): Buffer => {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(pair, 0);
  head.writeUInt32LE(kind, 4);
  head.writeUInt32LE(said.length, 8);
  head.writeDoubleLE(atMs, 16);
  return Buffer.concat([head, Buffer.from(said)]);
};

const stream = Buffer.concat([
  record(1, recordKinds.clientSaid, 10.25, 'SELECT 1'),
  record(2 ** 32 - 1, recordKinds.serverEnded, 11, ''),
  record(1, recordKinds.serverSaid, 1e12 + 0.5, 'x'.repeat(3_000)),
]);

test.each([1, 7, 24, 25, 1000, stream.length])('read in pieces of %i bytes', (size) => {
  const told: unknown[] = [];
  const reader = new RecordReader((head, said) => told.push({ ...head, said: said.toString('latin1') }));
  for (let at = 0; at < stream.length; at += size) reader.push(stream.subarray(at, at + size));
  expect(told).toMatchObject([
    { pair: 1, kind: recordKinds.clientSaid, atMs: 10.25, said: 'SELECT 1' },
    { pair: 2 ** 32 - 1, kind: recordKinds.serverEnded, atMs: 11, said: '' },
    { pair: 1, kind: recordKinds.serverSaid, atMs: 1e12 + 0.5, said: 'x'.repeat(3_000) },
  ]);
});
