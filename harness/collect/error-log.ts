/** Errors in a component's log: all are counted by family, some are kept as evidence. */
import { readEvent, shownText, type EventReading } from '../measure/logs/event-error.ts';
import type { LogEvent } from '../measure/logs/log-event.ts';
import { logReader } from '../measure/logs/log-reader.ts';
import type { Labels } from '../measure/tracks/observations.ts';
import type { CollectContext, Sink } from './collector.ts';
import { tailFile } from './tail.ts';

/** Events that are worth a count of their own and are no errors. */
interface CountedEvents {
  series: string;
  is(event: LogEvent): boolean;
}

export interface LogKind {
  component: string;
  /** Series that counts the errors, cumulative, by family. */
  series: string;
  /** What an event means; as any program writes it, where it is not given. */
  readEvent?: (event: LogEvent) => EventReading;
  alsoCounted?: CountedEvents;
}

export interface ErrorLogOptions extends LogKind {
  file: string;
  /** Where reading begins; default: at its start. */
  startBytes?: number;
  instance: number;
  labels: Labels;
  /** Events that hold one of these texts are kept too; letter case does not matter. */
  alsoKept?: readonly string[];
}

export interface ErrorLog {
  /** Reads what is new, for a part of a second at most: what is left has its turn at the next call. */
  read(atMs: number): Promise<void>;
  /** Reads to the end. Rejects with what it could not reach in a minute. */
  end(atMs: number): Promise<void>;
}

/** Texts that symptoms look for in the logs of a component. */
export const symptomTextsOf = ({ symptomTexts = [] }: CollectContext, component: string): string[] =>
  symptomTexts.filter((text) => text.component === component).map(({ contains }) => contains);

/** Events kept of each family and component instance. All further ones are counted. */
const keptPerFamily = 300;
/** Events kept of each text that a symptom looks for: more than any symptom counts. */
const keptPerText = 500;
const mostMsPerLook = 150;
const mostMsAtTheEnd = 60_000;
/** A stamp further from the clock than this is not of this run, or of another zone. */
const furthestStampMs = 600_000;

type Keep = (event: LogEvent, family?: string) => void;

/** Puts an event into the sink, at its own time where it carries one. */
const keeper =
  (sink: Sink, { component, instance }: ErrorLogOptions): Keep =>
  (event, family) => {
    const ageMs = event.stampMs === null ? null : Date.now() - event.stampMs;
    const atMs = ageMs === null || Math.abs(ageMs) > furthestStampMs ? undefined : sink.nowMs() - ageMs;
    sink.log(component, instance, shownText(event), atMs, family);
  };

/** Keeps events that hold one of the texts, up to a limit. */
const textKeeper = (alsoKept: readonly string[], keep: Keep): Keep => {
  const texts = alsoKept.map((text) => text.toLowerCase());
  let left = keptPerText * texts.length;
  return (event, family) => {
    if (left === 0) return;
    const shown = shownText(event).toLowerCase();
    if (!texts.some((text) => shown.includes(text))) return;
    left -= 1;
    keep(event, family);
  };
};

interface Counter {
  /** Counts one more and gives how many there are. */
  add(name: string, by?: number): number;
  /** Puts all counts into the sink. */
  put(atMs: number): void;
}

const counter = (sink: Sink, series: string, labelsOf: (name: string) => Labels): Counter => {
  const counts = new Map<string, number>();
  let lastAtMs = 0;
  sink.declare?.(series, 'cumulative');
  return {
    add: (name, by = 1) => {
      const before = counts.get(name) ?? 0;
      // A counter that first appears at 66 would hide that it grew by 66.
      if (!counts.has(name)) sink.sample(series, labelsOf(name), 0, lastAtMs);
      counts.set(name, before + by);
      return before + by;
    },
    put: (atMs) => {
      for (const [name, count] of counts) sink.sample(series, labelsOf(name), count, atMs);
      lastAtMs = atMs;
    },
  };
};

/** Counts and keeps what the events of one log say. */
const eventTaker = (sink: Sink, options: ErrorLogOptions): { take(event: LogEvent): void; put(atMs: number): void } => {
  const { component, instance, labels, alsoCounted } = options;
  const keep = keeper(sink, options);
  const keepIfAskedFor = textKeeper(options.alsoKept ?? [], keep);
  const families = counter(sink, options.series, (family) => ({ ...labels, family }));
  const lines = counter(sink, 'log.lines', (kind) => ({ component, instance: String(instance), kind }));
  const also = counter(sink, alsoCounted?.series ?? 'log.events', () => labels);
  lines.add('read', 0);
  const takeError = (event: LogEvent, family: string): void => {
    if (families.add(family) <= keptPerFamily) keep(event, family);
    else keepIfAskedFor(event, family);
  };
  const takeOther = (event: LogEvent): void => {
    if (alsoCounted?.is(event) !== true) return keepIfAskedFor(event);
    if (also.add('') <= keptPerFamily) keep(event);
  };
  return {
    take: (event) => {
      const reading = (options.readEvent ?? readEvent)(event);
      lines.add('read', event.lines);
      if (reading === 'unknown') lines.add('not-understood', event.lines);
      if (typeof reading === 'string') takeOther(event);
      else takeError(event, reading.family);
    },
    put: (atMs) => {
      for (const one of [families, lines, also]) one.put(atMs);
    },
  };
};

const tooFast = ({ component, instance }: ErrorLogOptions, leftBytes: number): Error =>
  new Error(`${component} ${instance} logs faster than it can be read: ${leftBytes} bytes at its end were not read`);

/** Reads what is new in the log at each call. */
export const errorLog = (sink: Sink, options: ErrorLogOptions): ErrorLog => {
  const tail = tailFile(options.file, options.startBytes);
  const events = eventTaker(sink, options);
  const reader = logReader(events.take);
  let taken = 0;
  const take = (line: string): void => {
    taken += 1;
    reader.take(line);
  };
  const look = async (atMs: number, mostMs: number): Promise<number> => {
    taken = 0;
    const left = await tail.read(take, mostMs);
    // An event ends with the next one, or when its log is silent.
    if (taken === 0 || mostMs === mostMsAtTheEnd) reader.flush();
    events.put(atMs);
    return left;
  };
  return {
    read: async (atMs) => void (await look(atMs, mostMsPerLook)),
    end: async (atMs) => {
      const left = await look(atMs, mostMsAtTheEnd);
      if (left > 0) throw tooFast(options, left);
    },
  };
};
