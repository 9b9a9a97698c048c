/** The server behind a tap: where it is, and whether TLS is spoken to it. */
import { readFileSync } from 'node:fs';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { environmentError, messageOf, usageError } from '../../errors.ts';
import { isLoopback } from '../../loopback.ts';

/** As `sslmode` says it: never, where the server can, always without looking at its certificate, always looking. */
type Tls = 'off' | 'offered' | 'unverified' | 'verified';

export interface Upstream {
  host: string;
  port: number;
  tls: Tls;
  /** Certificate of the authority, in PEM. */
  authority: string | null;
  /** The certificate must name the host, too. */
  checksName: boolean;
}

const tlsOfMode: Readonly<Record<string, Tls>> = {
  disable: 'off',
  allow: 'offered',
  prefer: 'offered',
  'no-verify': 'unverified',
  require: 'unverified',
  'verify-ca': 'verified',
  'verify-full': 'verified',
};

const authorityOf = (file: string | null): string | null => {
  if (file === null) return null;
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw environmentError(`the certificate of sslrootcert cannot be read: ${messageOf(error)}`);
  }
};

const parsed = (text: string): URL => {
  const example = 'it looks like postgres://127.0.0.1:6432, with ?sslmode=require where the server wants TLS';
  if (!URL.canParse(text)) throw usageError(`--upstream is not a URL; ${example}`);
  const url = new URL(text);
  if (!/^postgres(ql)?:$/.test(url.protocol)) throw usageError(`--upstream must begin with postgres://; ${example}`);
  if (url.hostname === '') throw usageError(`--upstream names no host; ${example}`);
  return url;
};

/** User and password of the URL, if it has any, are not looked at: the client beyond the tap logs in by itself. */
export const upstreamOf = (text: string): Upstream => {
  const url = parsed(text);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const mode = url.searchParams.get('sslmode') ?? (isLoopback(host) ? 'disable' : 'prefer');
  const tls = tlsOfMode[mode];
  if (tls === undefined) throw usageError(`--upstream: sslmode is one of ${Object.keys(tlsOfMode).join(', ')}`);
  const authority = authorityOf(url.searchParams.get('sslrootcert'));
  return { host, port: Number(url.port || 5432), tls, authority, checksName: mode === 'verify-full' };
};

const dialLimitMs = 30_000;

/** A plain connection to the server. */
export const dialPlain = ({ host, port }: Upstream): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true, allowHalfOpen: true });
    socket.setTimeout(dialLimitMs, () => socket.destroy(new Error('the server does not take the connection')));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.off('error', reject);
      resolve(socket);
    });
  });

const tlsQuestion = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/** `S` or `N`, or what an old server says instead. */
const askForTls = (socket: Socket): Promise<string> =>
  new Promise((resolve, reject) => {
    const lost = (): void => reject(new Error('the server ended the connection when asked for TLS'));
    socket.once('error', reject).once('end', lost).once('close', lost);
    socket.once('data', (answer: Buffer) => {
      socket.pause();
      socket.off('error', reject).off('end', lost).off('close', lost);
      resolve(answer.toString('latin1', 0, 1));
    });
    socket.write(tlsQuestion);
  });

const tlsOptions = ({ host, tls, authority, checksName }: Upstream): ConnectionOptions => ({
  ...(isIP(host) === 0 ? { servername: host } : {}),
  ...(authority === null ? {} : { ca: authority }),
  rejectUnauthorized: tls === 'verified',
  ...(checksName ? {} : { checkServerIdentity: () => undefined }),
});

const overTls = (upstream: Upstream, socket: Socket): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const secure = connectTls({ ...tlsOptions(upstream), socket });
    const lost = (): void => reject(new Error('the server ended the connection before TLS stood'));
    secure.once('error', reject).once('close', lost);
    secure.once('secureConnect', () => {
      secure.off('error', reject).off('close', lost);
      resolve(secure);
    });
  });

const ignore = (): void => undefined;

/** A server that takes the connection and then says nothing must not hold its client up for ever. */
const limited = (socket: Socket, limitMs: number): Disposable => {
  socket.on('error', ignore);
  const timer = setTimeout(() => socket.destroy(), limitMs);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
};

/** Null where it does not even answer that. */
const tlsAnswer = async (socket: Socket): Promise<string | null> => {
  using _ = limited(socket, dialLimitMs);
  return askForTls(socket).catch(() => null);
};

/** Does the server speak TLS, whatever its URL wants? False where it is not there. */
export const speaksTls = async (upstream: Upstream): Promise<boolean> => {
  const socket = await dialPlain(upstream).catch(() => null);
  if (socket === null) return false;
  const answer = await tlsAnswer(socket);
  socket.destroy();
  return answer === 'S';
};

/** A connection to the server as its URL wants it. */
export const dial = async (upstream: Upstream, limitMs = dialLimitMs): Promise<{ socket: Socket; isTls: boolean }> => {
  const socket = await dialPlain(upstream);
  if (upstream.tls === 'off') return { socket, isTls: false };
  using _ = limited(socket, limitMs);
  try {
    if ((await askForTls(socket)) === 'S') return { socket: await overTls(upstream, socket), isTls: true };
    if (upstream.tls === 'offered') return { socket, isTls: false };
    throw new Error('the server does not speak TLS, which its URL wants');
  } catch (error) {
    socket.destroy();
    throw error;
  }
};
