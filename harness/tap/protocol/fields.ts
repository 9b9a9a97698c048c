/** What single messages hold. A text without its closing zero, as in one that was cut, ends where the bytes end. */

/** From `start` to the next zero byte. Read byte by byte: what matters is ASCII, in any encoding of a client. */
export const textAt = (body: Buffer, start: number, end: number): string => {
  const zero = body.indexOf(0, start);
  return body.toString('latin1', start, zero < 0 || zero > end ? end : zero);
};

/** Where the text that begins at `start` is followed by the next field. */
export const afterText = (body: Buffer, start: number, end: number): number => {
  const zero = body.indexOf(0, start);
  return zero < 0 || zero >= end ? end : zero + 1;
};

export interface ErrorFields {
  /** ERROR, FATAL or PANIC, in English whatever the server speaks. */
  severity: string;
  sqlstate: string;
  message: string;
}

/** Of an ErrorResponse: fields of one letter and a text each. */
export const errorFields = (body: Buffer, start: number, end: number): ErrorFields => {
  const fields = new Map<string, string>();
  let at = start;
  while (at < end && body[at] !== 0) {
    fields.set(String.fromCharCode(body[at]!), textAt(body, at + 1, end));
    at = afterText(body, at + 1, end);
  }
  return {
    severity: fields.get('V') ?? fields.get('S') ?? '',
    sqlstate: fields.get('C') ?? '',
    message: fields.get('M') ?? '',
  };
};

export interface StartupParameters {
  user: string;
  database: string;
  application: string;
  replication: boolean;
}

const isOn = (text: string | undefined): boolean => text !== undefined && !/^(false|off|no|0|)$/i.test(text);

/** Of a StartupMessage's pairs of name and value. Without a database Postgres takes the one named like the user. */
export const startupParameters = (body: Buffer, start: number, end: number): StartupParameters => {
  const pairs = new Map<string, string>();
  let at = start;
  while (at < end && body[at] !== 0) {
    const valueAt = afterText(body, at, end);
    pairs.set(
      textAt(body, at, end),
      body.toString('utf8', valueAt, Math.max(valueAt, afterText(body, valueAt, end) - 1)),
    );
    at = afterText(body, valueAt, end);
  }
  const user = pairs.get('user') ?? '';
  return {
    user,
    database: pairs.get('database') ?? user,
    application: pairs.get('application_name') ?? '',
    replication: isOn(pairs.get('replication')),
  };
};
