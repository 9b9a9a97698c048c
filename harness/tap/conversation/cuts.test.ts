/** One long conversation, cut at every byte: the figures are the same to the last bit wherever the network cuts it. */
import { expect, test } from 'vitest';
import { client, Played, server } from '../fixtures/wire.ts';

interface Turn {
  side: 'client' | 'server';
  bytes: Buffer;
}

const said = (side: Turn['side'], ...messages: readonly Buffer[]): Turn => ({ side, bytes: Buffer.concat(messages) });
const asks = (...messages: readonly Buffer[]): Turn => said('client', ...messages);
const answers = (...messages: readonly Buffer[]): Turn => said('server', ...messages);

const execution = (name: string): Buffer[] => [client.bind(name), client.describe(), client.execute(), client.sync()];
const rows = (tag: string): Buffer[] => [
  server.bound(),
  server.rowDescription(),
  server.row('1'),
  server.complete(tag),
];

const conversation: readonly Turn[] = [
  answers(server.sasl('SCRAM-SHA-256')),
  asks(client.password('SCRAM-SHA-256')),
  answers(server.authenticated(), server.parameter('TimeZone', 'UTC'), server.backendKey(), server.ready()),
  asks(client.query('BEGIN; LISTEN a')),
  answers(server.complete('BEGIN'), server.complete('LISTEN'), server.ready('T')),
  asks(client.parse('SELECT pg_advisory_lock($1)', 's'), ...execution('s'), ...execution('s')),
  answers(server.parsed(), ...rows('SELECT 1'), server.ready('T'), server.notification(), ...rows('SELECT 1')),
  answers(server.ready('T')),
  asks(client.bind('s'), client.execute(), client.flush()),
  answers(server.bound(), server.suspended()),
  asks(client.execute(), client.sync()),
  answers(server.error('57014', 'canceling statement due to user request'), server.ready('E')),
  asks(client.query('ROLLBACK')),
  answers(server.notice(), server.complete('ROLLBACK'), server.ready()),
  asks(client.query('COPY t FROM STDIN')),
  answers(server.copyIn()),
  asks(client.copyData('1\t2\n'), client.flush(), client.copyDone()),
  answers(server.complete('COPY 1'), server.ready()),
  asks(client.query('COPY t TO STDOUT')),
  answers(server.copyOut(), server.copyData('1\t2\n'), server.copyDone(), server.complete('COPY 1'), server.ready()),
  asks(client.close('s'), client.functionCall(), client.query(`SELECT '${'x'.repeat(300)}'`)),
  answers(server.closed(), server.functionResult(), server.ready(), server.row('y'.repeat(300))),
  answers(server.complete('SELECT 1'), server.ready()),
  asks(client.query('')),
  answers(server.empty(), server.ready()),
  asks(client.terminate()),
];

const piecesAt = (bytes: Buffer, cuts: readonly number[]): Buffer[] =>
  [0, ...cuts].map((from, index) => bytes.subarray(from, cuts[index]));

/** All that can be told of it; `cutsOf` says where a turn's bytes are cut. */
const figuresOf = (cutsOf: (turn: Turn, index: number) => readonly number[]): string => {
  const played = new Played();
  for (const [index, turn] of conversation.entries()) {
    played.after(2);
    for (const piece of piecesAt(turn.bytes, cutsOf(turn, index))) played[turn.side](piece);
  }
  const { groups, fingerprints } = played.ended('client').figures;
  return JSON.stringify({ groups, fingerprints });
};

const whole = figuresOf(() => []);

test('whole, it tells what was done', () => {
  const [group] = (JSON.parse(whole) as { groups: Record<string, unknown>[] }).groups;
  expect(group).toMatchObject({
    acquisitions: 6,
    closed: 1,
    vanished: [],
    preparedNames: 0,
    errors: [{ sqlstate: '57014', count: 1 }],
    sessionState: { listen: 1, 'prepared name': 1, 'advisory lock': 2 },
  });
});

test('it is the same cut in two, at each byte of each turn', () => {
  for (const [index, { bytes }] of conversation.entries())
    for (let cut = 1; cut < bytes.length; cut += 1)
      expect(
        figuresOf((_, at) => (at === index ? [cut] : [])),
        `turn ${index} cut at ${cut}`,
      ).toBe(whole);
});

test('it is the same byte by byte', () => {
  expect(figuresOf(({ bytes }) => Array.from({ length: bytes.length - 1 }, (_, index) => index + 1))).toBe(whole);
});
