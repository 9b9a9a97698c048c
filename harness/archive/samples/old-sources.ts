/** Sources of runs that were saved before the pooler's collectors were called after the pooler, not after its product. */
const oldPoolerSource = /^pgbouncer-(log|pools|stats)\b/;

/** The name that a saved source has today: "pgbouncer-pools of pooler 1" is "pooler-pools of pooler 1". */
export const currentSourceName = (source: string): string => source.replace(oldPoolerSource, 'pooler-$1');
