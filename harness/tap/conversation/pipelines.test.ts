/** What a client may send before it has read an answer, and what the server makes of it. */
import { expect, test } from 'vitest';
import { client, Played, server } from '../fixtures/wire.ts';
import { NotUnderstood } from '../protocol/reader.ts';

const run = (): Buffer[] => [client.bind(), client.execute()];
const ran = (tag: string): Buffer[] => [server.bound(), server.complete(tag)];

/** Nothing is left open: it is idle, and what comes next is understood and timed. */
const expectGoesOn = (played: Played): void => {
  expect(played.group.connections).toMatchObject({ idle: 1, active: 0 });
  played.client(client.parse('UPDATE t'), ...run(), client.sync()).after(3);
  played.server(server.parsed(), ...ran('UPDATE 1'), server.ready());
  expect(played.group.statementSeconds['UPDATE']).toMatchObject({ count: 1, sum: 0.003 });
  expect(played.group.connections).toMatchObject({ idle: 1, active: 0 });
};

test('an error comes before the client has sent all: what follows is passed over, up to its Sync', () => {
  const played = Played.loggedIn()
    .client(client.parse('SELEC'), client.flush())
    .server(server.error('42601'))
    .client(...run(), client.query('SELECT 1'), client.copyDone())
    .after(5)
    .client(client.describe(), client.sync())
    .server(server.ready());
  expect(played.group.statementSeconds).toMatchObject({ failed: { count: 1 } });
  expect(played.group.holdSeconds.single).toMatchObject({ count: 1, sum: 0.005 });
  expectGoesOn(played);
});

test('an error between two Syncs that were sent already passes over no more than its own part', () => {
  const played = Played.loggedIn()
    .client(client.parse('SELECT $1'), ...run(), ...run(), client.sync(), ...run(), client.sync())
    .server(server.parsed(), server.bound(), server.error('22012'), server.ready(), ...ran('SELECT 1'), server.ready());
  expect(played.group.statementSeconds).toMatchObject({ failed: { count: 1 }, SELECT: { count: 1 } });
  expectGoesOn(played);
});

test('a commit that fails at the Sync', () => {
  const played = Played.loggedIn()
    .client(client.parse('INSERT'), ...run(), client.sync())
    .server(server.parsed(), ...ran('INSERT 0 1'), server.error('23503'), server.ready());
  expect(played.group.errors).toMatchObject([{ sqlstate: '23503', count: 1 }]);
  expectGoesOn(played);
});

test.each([
  ['done', client.copyDone(), [server.complete('COPY 2')]],
  ['given up', client.copyFail(), [server.error('57014')]],
])('COPY whose data is sent before it is asked for, %s', (_, end, answer) => {
  const data = [client.copyData('1\n'), client.copyData('2\n'), end];
  const simple = Played.loggedIn()
    .client(client.query('COPY t FROM STDIN'), ...data)
    .server(server.copyIn(), ...answer, server.ready());
  expectGoesOn(simple);
  const extended = Played.loggedIn()
    .client(client.parse('COPY t FROM STDIN'), ...run(), client.sync(), ...data, client.sync())
    .server(server.parsed(), server.bound(), server.copyIn(), ...answer, server.ready());
  expectGoesOn(extended);
});

test('two COPY in one message, the second one refused', () => {
  const played = Played.loggedIn()
    .client(client.query('COPY t FROM STDIN; COPY u FROM STDIN'))
    .server(server.copyIn())
    .client(client.copyData('1\n'), client.copyDone())
    .server(server.complete('COPY 1'), server.copyIn())
    .client(client.copyData('x\n'))
    .server(server.error('22P02'))
    .client(client.copyData('y\n'), client.copyDone())
    .server(server.ready());
  expect(played.group.statementSeconds).toMatchObject({ COPY: { count: 1 }, failed: { count: 1 } });
  expectGoesOn(played);
});

test('a COPY that was refused before it began, with its data on the way', () => {
  const played = Played.loggedIn()
    .client(client.query('COPY nowhere FROM STDIN'), client.copyData('1\n'), client.copyDone())
    .server(server.error('42P01'), server.ready());
  expectGoesOn(played);
});

test('a message that has no place within COPY ends it, and is not answered by itself', () => {
  const played = Played.loggedIn()
    .client(client.query('COPY t FROM STDIN'))
    .server(server.copyIn())
    .client(client.query('SELECT 1'))
    .server(server.error('08P01'), server.ready());
  expectGoesOn(played);
});

test('a client that says goodbye in the midst of COPY has not vanished', () => {
  const played = Played.loggedIn()
    .client(client.query('COPY t FROM STDIN'))
    .server(server.copyIn())
    .client(client.copyData('1\n'), client.terminate())
    .ended('client');
  expect(played.group).toMatchObject({ vanished: [], closed: 1 });
});

test('a function call is a statement, an error of one ends no pipeline', () => {
  const played = Played.loggedIn()
    .client(client.functionCall())
    .after(4)
    .server(server.functionResult(), server.ready())
    .client(client.functionCall())
    .server(server.error('42883'), server.ready());
  expect(played.group.statementSeconds).toMatchObject({
    'function call': { count: 1, sum: 0.004 },
    failed: { count: 1 },
  });
  expectGoesOn(played);
});

test('parameters and rows in binary form are passed over, zeros and all', () => {
  const binary = Buffer.from([0, 0, 0x5a, 0, 0, 0, 5, 0x49, 0]);
  const played = Played.loggedIn()
    .client(client.parse('SELECT $1', 's'), client.bindBinary('s', binary), client.execute(), client.sync())
    .after(2)
    .server(server.parsed(), server.bound(), server.row(binary), server.complete('SELECT 1'), server.ready());
  expect(played.group.statementSeconds['SELECT']).toMatchObject({ count: 1, sum: 0.002 });
  expect(played.group.preparedNames).toBe(1);
  expectGoesOn(played);
});

test('START TRANSACTION and its end in one message are a transaction', () => {
  const played = Played.loggedIn()
    .client(client.query('START TRANSACTION; COMMIT'))
    .server(server.complete('START TRANSACTION'), server.complete('COMMIT'), server.ready());
  expect(played.group.holdSeconds).toMatchObject({ transaction: { count: 1 }, single: { count: 0 } });
});

test('more prepared names than are kept are counted still, and gone with DISCARD ALL', () => {
  const played = Played.loggedIn();
  const prepare = (name: string): unknown =>
    played.client(client.parse('SELECT 1', name), client.sync()).server(server.parsed(), server.ready());
  for (let number = 0; number < 10_010; number += 1) prepare(`s${number}`);
  expect(played.group.preparedNames).toBe(10_010);
  played.client(client.close('s10005'), client.sync()).server(server.closed(), server.ready());
  expect(played.group.preparedNames).toBe(10_009);
  expect(played.query('DISCARD ALL', 'DISCARD ALL').group.preparedNames).toBe(0);
});

test.each([
  ['without a state', Buffer.from('Z\0\0\0\x04')],
  ['in a state there is not', Buffer.from('Z\0\0\0\x05X')],
])('a server that is ready %s is not understood', (_, ready) => {
  const played = Played.loggedIn().client(client.query('SELECT 1'));
  expect(() => played.server(server.complete('SELECT 1'), ready)).toThrow(NotUnderstood);
});
