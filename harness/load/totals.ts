/** k6's own end figures: of our scenarios from their handleSummary, of a stranger's from `--summary-export`. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { lostError, messageOf } from '../errors.ts';
import { openNames } from '../measure/bounded-names.ts';
import type { LoadTotals, ScriptCheck, ScriptThreshold } from '../result.ts';

/** Everything of a summary that is used, whichever form it came in; k6 leaves out metrics that saw nothing. */
interface Summary {
  value(metric: string, field: string): number | null;
  checks: ScriptCheck[];
  thresholds: ScriptThreshold[];
}

const checkOf = z.object({ name: z.string(), path: z.string(), passes: z.number(), fails: z.number() });
/** handleSummary has lists, the exported file maps of name to value. */
const either = <Item extends z.ZodType>(item: Item) => z.union([z.array(item), z.record(z.string(), item)]).nullish();
interface Group {
  checks?: z.infer<typeof checkOf>[] | Record<string, z.infer<typeof checkOf>> | null | undefined;
  groups?: Group[] | Record<string, Group> | null | undefined;
}
const group: z.ZodType<Group> = z.lazy(() => z.object({ checks: either(checkOf), groups: either(group) }));

const checksIn = ({ checks, groups }: Group): ScriptCheck[] => [
  ...Object.values(checks ?? {}).map(({ name, path, passes, fails }) => ({
    name,
    group: path.slice(0, Math.max(0, path.length - name.length - 2)),
    passes,
    fails,
  })),
  ...Object.values(groups ?? {}).flatMap(checksIn),
];

/** A page has room for so many; a script with ids in the names of its checks, or of their groups, has thousands. */
const mostChecks = 100;

/** Nothing is dropped: checks of one name without its ids are counted together. */
const fewChecks = (all: readonly ScriptCheck[]): ScriptCheck[] => {
  if (all.length <= mostChecks) return [...all];
  const [names, groups] = [openNames(), openNames()];
  const found = new Map<string, ScriptCheck>();
  for (const { passes, fails, ...one } of all) {
    const [name, group] = [names.nameOf(one.name), groups.nameOf(one.group)];
    const known = found.get(`${group}\n${name}`) ?? { name, group, passes: 0, fails: 0 };
    found.set(`${group}\n${name}`, { ...known, passes: known.passes + passes, fails: known.fails + fails });
  }
  return [...found.values()];
};

/** A rate counts what was true and what was not, the others count; a gauge does not say whether it was ever set. */
const samplesOf = (values: Record<string, unknown>): number | null => {
  const { passes, fails, count } = values;
  if (typeof passes === 'number' && typeof fails === 'number') return passes + fails;
  return typeof count === 'number' ? count : null;
};

const numberIn = (values: Record<string, unknown> | undefined, field: string): number | null => {
  const value = values?.[field];
  return typeof value === 'number' ? value : null;
};

const handled = z.object({
  root_group: group.nullish(),
  metrics: z.record(
    z.string(),
    z.object({
      values: z.record(z.string(), z.unknown()),
      thresholds: z.record(z.string(), z.object({ ok: z.boolean() })).nullish(),
    }),
  ),
});

const fromHandled = (json: unknown): Summary => {
  const { metrics, root_group: root } = handled.parse(json);
  return {
    value: (metric, field) => numberIn(metrics[metric]?.values, field),
    checks: fewChecks(checksIn(root ?? {})),
    thresholds: Object.entries(metrics).flatMap(([metric, { values, thresholds }]) =>
      Object.entries(thresholds ?? {}).map(([expression, { ok }]) => ({
        metric,
        expression,
        kept: ok,
        samples: samplesOf(values),
      })),
    ),
  };
};

const exported = z.object({
  root_group: group.nullish(),
  metrics: z.record(z.string(), z.looseObject({ thresholds: z.record(z.string(), z.boolean()).nullish() })),
});

/** The exported file says of each threshold whether it broke, where handleSummary says whether it was kept. */
const fromExported = (json: unknown): Summary => {
  const { metrics, root_group: root } = exported.parse(json);
  return {
    value: (metric, field) => numberIn(metrics[metric], field),
    checks: fewChecks(checksIn(root ?? {})),
    thresholds: Object.entries(metrics).flatMap(([metric, { thresholds, ...values }]) =>
      Object.entries(thresholds ?? {}).map(([expression, broke]) => ({
        metric,
        expression,
        kept: !broke,
        samples: samplesOf(values),
      })),
    ),
  };
};

const read = (summaryFile: string, parse: (json: unknown) => Summary, hint: string): Summary => {
  try {
    return parse(JSON.parse(readFileSync(summaryFile, 'utf8')));
  } catch (error) {
    throw lostError(`k6 left no readable end figures (${messageOf(error)})${hint}`);
  }
};

const orderOf = ({ metric, expression }: ScriptThreshold): string => `${metric} ${expression}`;

const totalsOf = ({ value, checks, thresholds }: Summary, exitCode: number | null): LoadTotals => ({
  exitCode,
  requests: value('http_reqs', 'count') ?? 0,
  iterations: value('iterations', 'count') ?? 0,
  droppedIterations: value('dropped_iterations', 'count') ?? 0,
  // k6 counts a rate's "true" as passes: for http_req_failed those are the failed ones.
  failedRequests: value('http_req_failed', 'passes') ?? 0,
  checksPassed: value('checks', 'passes') ?? 0,
  checksFailed: value('checks', 'fails') ?? 0,
  durationMsP50: value('http_req_duration', 'p(50)'),
  durationMsP95: value('http_req_duration', 'p(95)'),
  durationMsP99: value('http_req_duration', 'p(99)'),
  vusMax: value('vus_max', 'max') ?? value('vus_max', 'value') ?? 0,
  checks,
  // k6 writes them in any order.
  thresholds: [...thresholds].sort((a, b) => orderOf(a).localeCompare(orderOf(b))),
});

/** k6's own end figures, from the file that the script's handleSummary wrote. */
export const readTotals = (summaryFile: string, exitCode: number | null): LoadTotals => {
  const summary = read(summaryFile, fromHandled, ': does the scenario export handleSummary?');
  return { ...totalsOf(summary, exitCode), writes: writesOf(summary) };
};

/** As scenarios/lib/ledger.ts counts them. */
const writesOf = ({ value }: Summary): Record<string, number> => ({
  createJob: value('pgsurge_job_writes', 'count') ?? 0,
  putNote: value('pgsurge_note_writes', 'count') ?? 0,
});

/** Of a stranger's script, from `--summary-export`; its percentiles are the collector's to give. */
export const readExportedTotals = (summaryFile: string, exitCode: number | null): LoadTotals => ({
  ...totalsOf(read(summaryFile, fromExported, ''), exitCode),
  durationMsP50: null,
  durationMsP95: null,
  durationMsP99: null,
});
