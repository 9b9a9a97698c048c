/** Lines that a carrier of logs puts into JSON of its own: Docker, journald, CloudWatch, Google Cloud, fluent-bit. */
type Fields = Readonly<Record<string, unknown>>;

interface Carrier {
  /** The field that holds the line as it was written. */
  holds: string;
  /** Fields that only the carrier writes: one of them must stand beside it. */
  beside: readonly string[];
}

const carriers: readonly Carrier[] = [
  { holds: 'log', beside: ['stream', 'kubernetes', 'container_name'] },
  { holds: 'MESSAGE', beside: ['__REALTIME_TIMESTAMP', 'PRIORITY', '_SYSTEMD_UNIT', 'SYSLOG_IDENTIFIER', '_PID'] },
  { holds: '@message', beside: ['@timestamp', '@logStream', '@ptr'] },
  { holds: 'textPayload', beside: ['severity', 'timestamp', 'resource', 'insertId'] },
  {
    holds: 'message',
    beside: ['logStreamName', 'ingestionTime', 'eventId', 'kubernetes', 'container_name', 'source_type', 'agent'],
  },
  { holds: 'line', beside: ['labels'] },
  { holds: 'Log', beside: ['TimeStamp', 'Stream', 'ContainerName'] },
];

/** Looked for in the text first: most lines of JSON are a logger's own, and are parsed only once. */
const hints =
  /"(?:stream|kubernetes|container_name|MESSAGE|@message|textPayload|jsonPayload|logStreamName|ingestionTime|eventId|source_type|agent|line|record|Log)":/;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const heldIn = (fields: Fields): string | null => {
  const carrier = carriers.find(
    ({ holds, beside }) => typeof fields[holds] === 'string' && beside.some((key) => fields[key] !== undefined),
  );
  // A line that says how bad it is was written by a logger. Google's severity only tells stdout from stderr.
  if (carrier === undefined || fields['level'] !== undefined) return null;
  return (fields[carrier.holds] as string).replace(/\n$/, '');
};

/** A record within the carrier's own: Google's jsonPayload, and what CloudNativePG reads from Postgres' csvlog. */
const recordIn = ({ jsonPayload, record, severity, timestamp }: Fields): string | null => {
  if (isFields(jsonPayload)) return JSON.stringify({ severity, timestamp, ...jsonPayload });
  return isFields(record) && record['error_severity'] !== undefined ? JSON.stringify(record) : null;
};

/** The line that was carried; null where the line is a logger's own. */
export const carriedInJson = (line: string): string | null => {
  if (!line.startsWith('{') || !hints.test(line)) return null;
  try {
    const fields: unknown = JSON.parse(line);
    return isFields(fields) ? (recordIn(fields) ?? heldIn(fields)) : null;
  } catch {
    return null;
  }
};
