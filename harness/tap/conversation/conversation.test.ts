import { expect, test } from 'vitest';
import { client, Played, server } from '../fixtures/wire.ts';
import { NotUnderstood } from '../protocol/reader.ts';

test('a login, and one that was refused', () => {
  const { group } = Played.loggedIn();
  expect(group.loginSeconds).toMatchObject({ count: 1, sum: 0.005 });
  expect(group.connections).toMatchObject({ idle: 1, starting: 0 });
  const refused = new Played()
    .server(server.error('53300', 'sorry, too many clients already', 'FATAL'))
    .ended('server');
  expect(refused.group).toMatchObject({ loginsFailed: 1, opened: 1, closed: 1, loginSeconds: { count: 0 } });
  expect(refused.group.errors).toEqual([{ sqlstate: '53300', family: 'no-slot', severity: 'FATAL', count: 1 }]);
});

test('a transaction is one hold, with its gaps; single statements are holds of their own', () => {
  const played = Played.loggedIn()
    .query('BEGIN', 'BEGIN', 1, 'T')
    .after(10)
    .query('INSERT …', 'INSERT 0 3', 4, 'T')
    .after(20)
    .query('COMMIT', 'COMMIT', 5)
    .after(100)
    .query('SELECT 1', 'SELECT 1', 2);
  const { group } = played;
  expect(group.holdSeconds.transaction).toMatchObject({ count: 1, sum: 0.04 });
  expect(group.holdSeconds.single).toMatchObject({ count: 1, sum: 0.002 });
  expect(group.gapSeconds).toMatchObject({ count: 2, min: 0.01, max: 0.02 });
  expect(Object.keys(group.statementSeconds)).toEqual(['BEGIN', 'INSERT', 'COMMIT', 'SELECT']);
  expect(group.statementSeconds['INSERT']).toMatchObject({ count: 1, sum: 0.004 });
  expect(group.acquisitions).toBe(2);
  expect(group.stateSeconds).toMatchObject({ active: 0.012, 'idle in transaction': 0.03, idle: 0.1, starting: 0.005 });
});

test('a state that is going on counts up to now', () => {
  const played = Played.loggedIn().query('BEGIN', 'BEGIN', 1, 'T').after(500);
  expect(played.group).toMatchObject({
    connections: { 'idle in transaction': 1, idle: 0 },
    oldestHoldSeconds: 0.501,
    oldestIdleInTransactionSeconds: 0.5,
    usedPeak: 1,
  });
  expect(played.group.stateSeconds['idle in transaction']).toBe(0.5);
});

test('several statements in one message are timed one after the other', () => {
  const played = Played.loggedIn()
    .client(client.query('BEGIN; SELECT 1; COMMIT'))
    .after(1)
    .server(server.complete('BEGIN'))
    .after(7)
    .server(server.complete('SELECT 1'))
    .after(2)
    .server(server.complete('COMMIT'), server.ready());
  expect(played.group.statementSeconds['SELECT']).toMatchObject({ count: 1, sum: 0.007 });
  expect(played.group.holdSeconds.transaction).toMatchObject({ count: 1, sum: 0.01 });
});

const statement = (name = ''): Buffer[] => [client.bind(name), client.execute(), client.sync()];
const answer = (tag: string): Buffer[] => [server.bound(), server.row('1'), server.complete(tag), server.ready()];

test('the extended protocol: unnamed, prepared, pipelined, fetched in parts', () => {
  const played = Played.loggedIn()
    .client(client.parse('SELECT $1'), ...statement())
    .after(3)
    .server(server.parsed(), ...answer('SELECT 1'))
    .client(client.parse('SELECT $1', 's1'), client.sync())
    .after(1)
    .server(server.parsed(), server.ready())
    .after(50)
    .client(...statement('s1'), ...statement('s1'))
    .after(2)
    .server(...answer('SELECT 1'))
    .after(4)
    .server(...answer('SELECT 1'))
    .client(client.bind('s1'), client.describe(), client.execute(), client.sync())
    .after(1)
    .server(server.bound(), server.rowDescription(), server.suspended(), server.ready());
  const { group } = played;
  expect(group.statementSeconds['SELECT']).toMatchObject({ count: 3, min: 0.002, max: 0.004 });
  expect(group.statementSeconds['SELECT']!.sum).toBeCloseTo(0.009);
  expect(group.statementSeconds['FETCH of a portal']).toMatchObject({ count: 1 });
  expect(group.holdSeconds.single).toMatchObject({ count: 5 });
  expect(group.preparedNames).toBe(1);
  expect(group.sessionState).toEqual({ 'prepared name': 1 });
});

test('a prepared name is gone after Close, and after DISCARD ALL', () => {
  const prepared = Played.loggedIn()
    .client(client.parse('SELECT 1', 'a'), client.parse('SELECT 2', 'b'), client.sync())
    .server(server.parsed(), server.parsed(), server.ready())
    .client(client.close('a'), client.sync())
    .server(server.closed(), server.ready());
  expect(prepared.group.preparedNames).toBe(1);
  expect(prepared.query('DISCARD ALL', 'DISCARD ALL').group.preparedNames).toBe(0);
});

test('after an error all is passed over up to the Sync, and a name that was refused is none', () => {
  const played = Played.loggedIn()
    .client(client.parse('SELEC', 'bad'), ...statement('bad'), ...statement('bad'))
    .after(1)
    .server(server.error('42601'), server.ready(), server.error('26000'), server.ready())
    .query('SELECT 1', 'SELECT 1');
  expect(played.group).toMatchObject({ preparedNames: 0, connections: { idle: 1 }, acquisitions: 3 });
  expect(played.group.errors.map(({ sqlstate, count }) => [sqlstate, count])).toEqual([
    ['42601', 1],
    ['26000', 1],
  ]);
  expect(played.group.statementSeconds['failed']).toMatchObject({ count: 2 });
});

test('what the client thinks after a Flush is no time of a statement', () => {
  const played = Played.loggedIn()
    .client(client.parse('SELECT 1'), client.flush())
    .after(1)
    .server(server.parsed())
    .after(1000)
    .client(...statement())
    .after(2)
    .server(...answer('SELECT 1'));
  expect(played.group.statementSeconds['SELECT']).toMatchObject({ count: 1, sum: 0.002 });
  expect(played.group.holdSeconds.single.sum).toBeCloseTo(1.003);
});

test('an error inside a transaction leaves it open', () => {
  const played = Played.loggedIn()
    .query('BEGIN', 'BEGIN', 1, 'T')
    .client(client.query('SELECT 1/0'))
    .server(server.error('22012'), server.ready('E'))
    .after(9);
  expect(played.group.connections['idle in transaction']).toBe(1);
});

test('COPY in, with a Sync that the server passes over, and COPY out', () => {
  const played = Played.loggedIn()
    .client(client.query('COPY t FROM STDIN'))
    .server(server.copyIn())
    .client(client.copyData('1\n'), client.copyDone())
    .after(5)
    .server(server.complete('COPY 1'), server.ready())
    .client(client.parse('COPY t FROM STDIN'), ...statement())
    .server(server.parsed(), server.bound(), server.copyIn())
    .client(client.sync(), client.copyData('1\n'), client.copyDone(), client.sync())
    .after(5)
    .server(server.complete('COPY 1'), server.ready())
    .client(client.query('COPY t TO STDOUT'))
    .server(server.copyOut(), client.copyData('1\n'), client.copyDone(), server.complete('COPY 1'), server.ready());
  expect(played.group.statementSeconds['COPY']).toMatchObject({ count: 3 });
  expect(played.group.connections.idle).toBe(1);
});

test('a COPY that fails while data is on its way', () => {
  const played = Played.loggedIn()
    .client(client.parse('COPY t FROM STDIN'), ...statement())
    .server(server.parsed(), server.bound(), server.copyIn())
    .client(client.copyData('x'))
    .server(server.error('22P02'))
    .client(client.copyData('y'), client.copyDone(), client.sync())
    .server(server.ready())
    .query('SELECT 1', 'SELECT 1');
  expect(played.group.connections.idle).toBe(1);
});

test.each(['client', 'server'] as const)('a connection that vanishes: the %s ends it', (side) => {
  const amid = Played.loggedIn().client(client.query('SELECT 1')).ended(side).ended('server');
  expect(amid.group.vanished).toEqual([{ side, state: 'active', count: 1 }]);
  expect(amid.group).toMatchObject({ closed: 1, connections: { active: 0 }, oldestHoldSeconds: 0, usedPeak: 1 });
  const inside = Played.loggedIn().query('BEGIN', 'BEGIN', 1, 'T').ended(side);
  expect(inside.group.vanished).toEqual([{ side, state: 'idle in transaction', count: 1 }]);
  expect(Played.loggedIn().ended(side).group.vanished).toEqual([]);
  expect(
    Played.loggedIn().query('BEGIN', 'BEGIN', 1, 'T').client(client.terminate()).ended(side).group.vanished,
  ).toEqual([]);
});

test('words that nobody asked for: notices, notifications, the end of an idle connection', () => {
  const played = Played.loggedIn()
    .server(server.notice(), server.notification())
    .server(server.error('57P01', 'terminating connection due to administrator command', 'FATAL'))
    .ended('server');
  expect(played.group.errors).toMatchObject([{ sqlstate: '57P01', severity: 'FATAL', count: 1 }]);
  expect(played.group.vanished).toEqual([]);
});

test.each([
  ['an answer without a question', (): unknown => Played.loggedIn().server(server.complete('SELECT 1'))],
  ['the wrong answer', (): unknown => Played.loggedIn().client(client.sync()).server(server.bound())],
  ['an unknown type', (): unknown => Played.loggedIn().client(Buffer.from('GET / HTTP/1.1\r\n'))],
  ['a length that cannot be', (): unknown => Played.loggedIn().client(Buffer.from([0x51, 0, 0, 0, 1]))],
  [
    'replication',
    (): unknown => Played.loggedIn().client(client.query('START_REPLICATION')).server(Buffer.from('W\0\0\0\x07\0\0\0')),
  ],
])('not understood: %s', (_, play) => {
  expect(play).toThrow(NotUnderstood);
});

test('a connection that is forgotten leaves no state behind', () => {
  const played = Played.loggedIn().query('BEGIN', 'BEGIN', 1, 'T');
  played.conversation.forget(10);
  played.ended('client');
  expect(played.group).toMatchObject({ connections: { 'idle in transaction': 0 }, closed: 0, vanished: [] });
});

test('the time of statements by their text without literals, only where asked for', () => {
  const played = Played.loggedIn()
    .query("SELECT * FROM t WHERE a = 'x' AND b = 12", 'SELECT 1')
    .query("SELECT * FROM t WHERE a = 'y''s' AND b = 3", 'SELECT 1')
    .client(client.parse('SELECT $1', 's'), ...statement('s'))
    .server(server.parsed(), ...answer('SELECT 1'));
  expect(Object.entries(played.figures.fingerprints!).map(([text, { count }]) => [text, count])).toEqual([
    ['SELECT * FROM t WHERE a = ? AND b = ?', 2],
    ['SELECT $1', 1],
  ]);
});

test('many begin at once', () => {
  const played = Played.loggedIn();
  for (let index = 0; index < 7; index += 1) played.query('SELECT 1', 'SELECT 1', 1);
  expect(played.group.acquisitionBurst).toBe(7);
  expect(played.after(3000).group.acquisitionBurst).toBe(0);
});
