import { expect, test } from 'vitest';
import { client, int32, message, server } from '../fixtures/wire.ts';
import { errorFields } from './fields.ts';
import { openingOf } from './opening.ts';
import { MessageReader } from './reader.ts';
import { SaslFilter } from './sasl.ts';

const letters = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));

/** What a reader tells of chunks: type and, where it is looked at, content. */
const readAll = (chunks: readonly Buffer[]): string[] => {
  const read: string[] = [];
  const reader = new MessageReader({
    known: letters('QDSZ'),
    looked: letters('QZ'),
    take: (type, body, start, end) => {
      const letter = String.fromCharCode(type);
      read.push('QZ'.includes(letter) ? `${letter} ${body.toString('latin1', start, end)}` : letter);
    },
  });
  for (const chunk of chunks) reader.read(chunk);
  return read;
};

test('messages are the same wherever the stream is torn', () => {
  const stream = Buffer.concat([
    client.query('SELECT 1'),
    message('D', 'row'),
    client.sync(),
    server.ready(),
    message('D'),
  ]);
  const whole = readAll([stream]);
  expect(whole).toEqual(['Q SELECT 1\0', 'D', 'S', 'Z I', 'D']);
  for (let cut = 0; cut <= stream.length; cut += 1)
    expect(readAll([stream.subarray(0, cut), stream.subarray(cut)])).toEqual(whole);
  expect(readAll([...stream].map((byte) => Buffer.from([byte])))).toEqual(whole);
});

test('of a long message only the beginning is kept', () => {
  const long = client.query(`SELECT '${'x'.repeat(100_000)}'`);
  const read = readAll([long.subarray(0, 30_000), long.subarray(30_000), server.ready()]);
  expect(read.map(({ length }) => length)).toEqual([2 + 8192, 3]);
});

test.each([
  ['incomplete', Buffer.from([0, 0, 0])],
  ['incomplete', client.startup({ user: 'app' }).subarray(0, 12)],
  ['tls-question', Buffer.concat([int32(8), int32(80877103)])],
  ['gss-question', Buffer.concat([int32(8), int32(80877104)])],
  ['cancel', Buffer.concat([int32(16), int32(80877102), int32(1), int32(2)])],
  ['incomplete', Buffer.concat([int32(12), int32(80877103)])],
  ['incomplete', Buffer.concat([int32(16), int32(80877102), int32(1)])],
  // A key of protocol 3.2 is longer.
  ['cancel', Buffer.concat([int32(44), int32(80877102), int32(1), Buffer.alloc(32)])],
  ['tls', Buffer.from([0x16, 0x03, 0x01])],
  ['other', Buffer.from('GET / HTTP/1.1')],
  ['other', Buffer.concat([int32(8), int32(131072)])],
  ['other', Buffer.concat([int32(99_999), int32(196608)])],
])('an opening: %s', (kind, bytes) => {
  expect(openingOf(bytes).kind).toBe(kind);
});

test('who connects', () => {
  const parameters = (pairs: Record<string, string>): unknown => {
    const opening = openingOf(client.startup(pairs));
    return opening.kind === 'startup' ? opening.parameters : opening;
  };
  expect(parameters({ user: 'app', database: 'db', application_name: 'sérvice' })).toEqual({
    user: 'app',
    database: 'db',
    application: 'sérvice',
    replication: false,
  });
  expect(parameters({ user: 'app' })).toMatchObject({ database: 'app' });
  expect(parameters({ user: 'app', replication: 'database' })).toMatchObject({ replication: true });
  expect(parameters({ user: 'app', replication: 'off' })).toMatchObject({ replication: false });
});

test('an error is read also where it was cut', () => {
  const whole = server.error('23505', 'duplicate key');
  expect(errorFields(whole, 5, whole.length)).toEqual({
    severity: 'ERROR',
    sqlstate: '23505',
    message: 'duplicate key',
  });
  for (let end = 5; end < whole.length; end += 1)
    expect(() => errorFields(whole.subarray(0, end), 5, end)).not.toThrow();
});

test('an offer bound to TLS is taken out, wherever the stream is torn; nothing else is touched', () => {
  const offered = Buffer.concat([server.sasl('SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'), server.ready()]);
  const wanted = Buffer.concat([server.sasl('SCRAM-SHA-256'), server.ready()]);
  for (let cut = 0; cut <= offered.length; cut += 1) {
    const filter = new SaslFilter();
    const passed = [offered.subarray(0, cut), offered.subarray(cut)].map((part) => filter.pass(part));
    expect(Buffer.concat(passed)).toEqual(wanted);
  }
  for (const stream of [server.sasl('SCRAM-SHA-256'), server.authenticated(), server.error('53300')])
    expect(new SaslFilter().pass(stream)).toEqual(stream);
});

test('the version is negotiated before the offer', () => {
  const version = message('v', int32(196608), int32(0));
  const passed = new SaslFilter().pass(Buffer.concat([version, server.sasl('SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256')]));
  expect(passed).toEqual(Buffer.concat([version, server.sasl('SCRAM-SHA-256')]));
});
