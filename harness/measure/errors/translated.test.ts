/** What Postgres says in other languages is what it says in English. */
import { expect, test } from 'vitest';
import { classifyError } from './classify.ts';
import messages from './translations.json' with { type: 'json' };

/** Its arguments as they may be. */
const said = (message: string): string =>
  message
    .replaceAll(/%(?:2\$)?s on %(?:3\$)?s/g, 'ShareLock on transaction 7')
    .replaceAll(/%(?:\d+\$)?[-\d.]*l{0,2}[du]/g, '47')
    .replaceAll(/%(?:\d+\$)?[sm]/g, 'items');

const all = Object.entries(messages).flatMap(([english, others]) => others.map((other) => [other, english] as const));

test.each(all)('%s', (other, english) => {
  const { family, outcome } = classifyError(said(english));
  expect(family).not.toBe('other');
  if (english.startsWith('process %d still waiting')) return;
  expect(classifyError(`FATAL: ${said(other)}`)).toMatchObject({ family, outcome });
});

test.each([
  ['Verbindung zum Server auf »127.0.0.1«, Port 5432 fehlgeschlagen: Verbindungsaufbau abgelehnt', 'connect-refused'],
  ['psycopg2.OperationalError: la connexion au serveur a été coupée de façon inattendue', 'connection-lost'],
  [
    'connexion au serveur sur « db », port 5432 a échoué : FATAL:  désolé, trop de clients sont déjà connectés',
    'no-slot',
  ],
  ['Error 111 connecting to redis:6379. Verbindungsaufbau abgelehnt.', 'elsewhere'],
])('libpq and the system in the language of the service: %s', (text, family) => {
  expect(classifyError(text).family).toBe(family);
});

test('a time-out of a lock is none of the statement', () => {
  expect(classifyError('выполнение оператора отменено из-за тайм-аута').family).toBe('statement-timeout');
  expect(classifyError('выполнение оператора отменено из-за тайм-аута блокировки').family).toBe('lock-timeout');
});

test('what no catalogue has is not guessed', () => {
  expect(classifyError('es ist ein Fehler aufgetreten').family).toBe('other');
  expect(classifyError('база данных').family).toBe('other');
});
