/** What carries a line puts something around it: docker compose a name, Kubernetes a time, a terminal colours. */

const colours = new RegExp(String.raw`\u001b\[[0-9;]*m`, 'g');
const composePrefix = /^([A-Za-z0-9][\w.-]*) +\| ?(.*)$/;
const containerRuntime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d\d:\d\d) (?:stdout|stderr) [FP] (.*)$/;
const syslog = /^(?:<\d+>)?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ [\w./-]+(?:\[\d+\])?: (.*)$/;

export interface Unwrapped {
  /** Lines of different containers come in turn: those of one belong together. */
  source: string;
  line: string;
}

/** `{"log":"…\n","stream":"stderr","time":"…"}`, as Docker keeps a container's log. */
const fromDocker = (line: string): string => {
  if (!line.startsWith('{"log":"')) return line;
  try {
    const { log, stream } = JSON.parse(line) as { log?: unknown; stream?: unknown };
    return typeof log === 'string' && typeof stream === 'string' ? log.replace(/\n$/, '') : line;
  } catch {
    return line;
  }
};

const inner = (line: string): string => {
  if (line.startsWith('{')) return fromDocker(line);
  return containerRuntime.exec(line)?.[1] ?? syslog.exec(line)?.[1] ?? line;
};

/** Named `api-1`, or else followed by what only the start of a line is. */
const isService = (name: string, rest: string): boolean =>
  /[-_]\d+$/.test(name) || /^(\{"|\d{4}-\d\d-\d\d|\[?\d\d:\d\d|\[?[A-Z]{4,8}\b)/.test(rest);

export const unwrapper = (): ((line: string) => Unwrapped) => {
  const services = new Set<string>();
  return (raw) => {
    const plain = raw.includes('\u001b') ? raw.replace(colours, '') : raw;
    const line = plain.endsWith('\r') ? plain.slice(0, -1) : plain;
    const [, name, rest] = composePrefix.exec(line) ?? [];
    if (name === undefined || rest === undefined) return { source: '', line: inner(line) };
    if (!services.has(name) && !isService(name, rest)) return { source: '', line: inner(line) };
    if (services.size < 100) services.add(name);
    return { source: name, line: inner(rest) };
  };
};
