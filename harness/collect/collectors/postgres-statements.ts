import type { CollectContext, Collector } from '../collector.ts';
import { holdSlowProbe } from '../probes.ts';
import { readSql } from '../sql.ts';
import { slowIntervalMs, watchSource } from '../source-watch.ts';

interface Top extends Record<string, unknown> {
  query: string;
  calls: number;
  seconds: number;
  /** Given back, or changed. */
  rows: number;
  /** Gone through, in memory or on disk. */
  pages: number;
}

const ofAll = ['calls', 'seconds', 'rows'] as const;
const figures = [...ofAll, 'pages'] as const;

/** Sorting all of them takes a few ms. */
const topEveryMs = 4000;
/** The names of so many are kept; which they are changes during a run. */
const mostStatements = 60;

/** Puts the dearest statements into the sink, each with a series of its own. */
const topRecorder = ({ sink }: CollectContext, ask: () => Promise<Top[]>): ((atMs: number) => Promise<void>) => {
  const known = new Set<string>();
  let askedAtMs = -Infinity;
  for (const figure of figures) sink.declare?.(`postgres.statement.${figure}`, 'cumulative');
  return async (atMs) => {
    if (atMs - askedAtMs < topEveryMs) return;
    askedAtMs = atMs;
    for (const { query, ...top } of await ask()) {
      if (!known.has(query) && known.size >= mostStatements) continue;
      known.add(query);
      for (const figure of figures) sink.sample(`postgres.statement.${figure}`, { query }, top[figure], atMs);
    }
  };
};

const installed = "SELECT count(*)::int AS found FROM pg_extension WHERE extname = 'pg_stat_statements'";

export const collector: Collector = {
  id: 'postgres-statements',
  title: 'Statements run and the time they took',
  start: async (context) => {
    const probe = await holdSlowProbe(context);
    const sql = readSql('statements');
    const top = readSql('top-statements');
    const recordTop = topRecorder(context, () => probe.value.query<Top>(top));
    let present = false;
    for (const figure of ofAll) context.sink.declare?.(`postgres.statements.${figure}`, 'cumulative');
    return watchSource(
      context,
      'postgres-statements',
      slowIntervalMs(context),
      async (atMs) => {
        present ||= (await probe.value.query<{ found: number }>(installed))[0]?.found === 1;
        // A server without the extension is no lost source.
        if (!present) return;
        const [row] = await probe.value.query<Record<(typeof ofAll)[number], number>>(sql);
        for (const figure of ofAll)
          context.sink.sample(`postgres.statements.${figure}`, {}, row?.[figure] ?? NaN, atMs);
        await recordTop(atMs);
      },
      [probe],
    );
  },
};
