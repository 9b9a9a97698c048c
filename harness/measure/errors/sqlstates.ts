/** What a SQLSTATE alone says, and where error texts carry one. */
import type { Outcome } from './signature.ts';

interface StateMeaning {
  family: string;
  outcome?: Outcome;
}

/**
 * Exact, or by class (first two characters), for texts that no pattern knows. 08P01 says nothing, and 08003 too little:
 * some drivers say it of a connection that went away in the midst of a statement.
 */
export const sqlstates: Readonly<Record<string, StateMeaning>> = {
  '53300': { family: 'no-slot' },
  '53100': { family: 'disk' },
  '53200': { family: 'memory' },
  '57P01': { family: 'server-restart' },
  '57P02': { family: 'server-restart' },
  '57P03': { family: 'server-restart', outcome: 'not-executed' },
  '57P05': { family: 'idle-timeout', outcome: 'not-executed' },
  '25P03': { family: 'idle-timeout' },
  '25P04': { family: 'idle-timeout' },
  '57014': { family: 'statement-timeout' },
  '55P03': { family: 'lock-timeout' },
  '40P01': { family: 'deadlock' },
  '40001': { family: 'serialization' },
  '40003': { family: 'serialization', outcome: 'unknown' },
  '25006': { family: 'read-only' },
  '25P02': { family: 'aborted' },
  '26000': { family: 'pool-mode' },
  '42P05': { family: 'pool-mode' },
  '08001': { family: 'connect-refused' },
  '08004': { family: 'connect-refused' },
  '08003': { family: 'connection-lost' },
  '08006': { family: 'connection-lost' },
  '08007': { family: 'connection-lost' },
  '0A': { family: 'sql' },
  '21': { family: 'sql' },
  '22': { family: 'sql' },
  '23': { family: 'constraint' },
  '25': { family: 'sql' },
  '28': { family: 'auth' },
  '3D': { family: 'auth' },
  '42': { family: 'sql' },
  '54': { family: 'sql' },
  '55': { family: 'sql' },
  P0: { family: 'sql' },
};

/** Five characters of which one is a digit: no common word is that. */
const state = String.raw`(?=[A-Z]*\d)([0-9A-Z]{5})\b`;

const forms = [
  // SQLSTATE 40001, SQLSTATE(57P01), SQLState: 53300, sqlstate=40001, SQLSTATE[08006], pgcode: 40P01
  new RegExp(String.raw`\b(?:sql[ _-]?state|pgcode|state_code|pg_code)["'\`]?\s*[:=([]*\s*["'\`]?${state}`, 'i'),
  // "code":"53300", code: '53300', Code: \`40001\`, error code: 57014
  new RegExp(String.raw`\b(?:error )?code["'\`]?\s*[:=]\s*["'\`]?${state}(?!\s*ms)`, 'i'),
  // [53300] of R2DBC, ERROR 40001 (serialization_failure) of Postgrex
  new RegExp(String.raw`(?:^|: |\s)\[${state}\]`),
  new RegExp(String.raw`\b(?:ERROR|FATAL|PANIC) +${state} \(`),
  // 53300: sorry … of Npgsql and postgres.js, ERROR:  40001: … of Postgres' verbose log
  new RegExp(String.raw`(?:^|: +)${state}: `),
  // pq: … (40001)
  new RegExp(String.raw`\bpq: .*\(${state}\)\s*$`),
  new RegExp(String.raw`^\s*${state}\s*$`),
];

/** The SQLSTATE that a text carries, in any of the forms in which drivers and loggers write it. */
export const sqlstateIn = (text: string): string | null => {
  const found = forms.map((form) => form.exec(text)?.[1]).find((one) => one !== undefined);
  return found === undefined ? null : found.toUpperCase();
};

export const meaningOf = (sqlstate: string): StateMeaning | undefined =>
  sqlstates[sqlstate] ?? sqlstates[sqlstate.slice(0, 2)];
