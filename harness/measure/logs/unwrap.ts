/** What carries a line puts something around it: docker compose a name, Kubernetes a time, a terminal colours. */
import { carriedInJson } from './carried-json.ts';
import { textCarrier } from './carried-text.ts';

const colours = new RegExp(String.raw`\u001b\[[0-9;]*m`, 'g');
const composePrefix = /^([A-Za-z0-9][\w.@-]*) +\| ?(.*)$/;

export interface Unwrapped {
  /** Lines of different containers come in turn: those of one belong together. */
  source: string;
  line: string;
}

/** Carriers within carriers: Docker's line within journald's, say. */
const mostCarriers = 3;

/** Named `api-1`, or else followed by what only the start of a line is. */
const isService = (name: string, rest: string): boolean =>
  /[-_]\d+$|@/.test(name) || /^(\{"|\d{4}-\d\d-\d\d|\[?\d\d:\d\d|\[?[A-Z]{4,8}\b)/.test(rest);

const composeRemover = (): ((line: string) => Unwrapped) => {
  const services = new Set<string>();
  return (line) => {
    const [, name, rest] = composePrefix.exec(line) ?? [];
    if (name === undefined || rest === undefined) return { source: '', line };
    if (!services.has(name) && !isService(name, rest)) return { source: '', line };
    if (services.size < 100) services.add(name);
    return { source: name, line: rest };
  };
};

export const unwrapper = (): ((line: string) => Unwrapped) => {
  const withoutCompose = composeRemover();
  const fromText = textCarrier();
  const inner = ({ source, line }: Unwrapped): Unwrapped | null => {
    const json = carriedInJson(line);
    if (json !== null) return { source, line: json };
    const text = line.startsWith('{') ? null : fromText(line);
    return text === null ? null : { source: text.source || source, line: text.line };
  };
  return (raw) => {
    const plain = raw.includes('\u001b') ? raw.replace(colours, '') : raw;
    let found = withoutCompose(plain.endsWith('\r') ? plain.slice(0, -1) : plain);
    for (let depth = 0; depth < mostCarriers; depth += 1) {
      const next = inner(found);
      if (next === null) return found;
      found = next;
    }
    return found;
  };
};
