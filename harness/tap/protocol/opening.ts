/** The first bytes of a connection, which have a length and a code but no type. */
import { startupParameters, type StartupParameters } from './fields.ts';

export type Opening =
  | { kind: 'incomplete' }
  /** The client asks whether it may speak TLS, or GSSAPI encryption. `bytes`: so long is the question. */
  | { kind: 'tls-question' | 'gss-question'; bytes: number }
  /** It begins with TLS, without a question. */
  | { kind: 'tls' }
  | { kind: 'cancel' }
  | { kind: 'startup'; parameters: StartupParameters }
  | { kind: 'other' };

const tlsQuestion = 80877103;
const gssQuestion = 80877104;
const cancelRequest = 80877102;
const knownCodes: ReadonlySet<number> = new Set([tlsQuestion, gssQuestion, cancelRequest]);
const lengthAndCodeBytes = 8;
/** Postgres refuses what is longer. */
const longestStartup = 10_000;
const tlsHandshake = 0x16;
/** Version 3 of the protocol, of which only the upper half is looked at: 3.0 and 3.2 read alike. */
const supportedMajor = 3;

export const openingOf = (bytes: Buffer): Opening => {
  if (bytes.length === 0) return { kind: 'incomplete' };
  if (bytes[0] === tlsHandshake) return { kind: 'tls' };
  if (bytes[0] !== 0) return { kind: 'other' };
  if (bytes.length < lengthAndCodeBytes) return { kind: 'incomplete' };
  const length = bytes.readUInt32BE(0);
  const code = bytes.readUInt32BE(4);
  if (length < lengthAndCodeBytes || length > longestStartup) return { kind: 'other' };
  if (!knownCodes.has(code) && code >>> 16 !== supportedMajor) return { kind: 'other' };
  if (bytes.length < length) return { kind: 'incomplete' };
  if (code === tlsQuestion) return { kind: 'tls-question', bytes: length };
  if (code === gssQuestion) return { kind: 'gss-question', bytes: length };
  if (code === cancelRequest) return { kind: 'cancel' };
  return { kind: 'startup', parameters: startupParameters(bytes, lengthAndCodeBytes, length) };
};

/** So many bytes a StartupMessage takes; what follows it in the same chunk are messages with a type. */
export const startupBytes = (bytes: Buffer): number => bytes.readUInt32BE(0);
