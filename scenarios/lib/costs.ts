/**
 * What one operation costs against the size of what it works on, measured in the database itself by a step: so many
 * batches at each size, the median of each batch kept. Each try is rolled back at once, and what a measurement plants
 * at its end: the service and the checkers never see any of it. Queries give what the costs grow by.
 *
 * Sizes are reached by adding rows. Were those of the smaller size rolled back before the larger one is planted, each
 * scan would pass their dead rows, and whatever was measured would grow by them.
 */

interface CostProbe {
  /** Sizes, from small to large. */
  sizes: readonly number[];
  /** PL/pgSQL that is done before the first size. */
  first?: string;
  /** PL/pgSQL that brings what there is to `size`, from `size - added`; `declared` are its variables. */
  plant: string;
  declared?: string;
  /** PL/pgSQL that does the operation once and sets `cost`, in ms. `turn` counts from 1 at each size. */
  operation: string;
  batches?: number;
}

/** A batch is so many tries at least, and so long at least, that a hiccup of the machine is not its median. */
const leastTries = 3;
const leastMs = 20;

const table = `
  CREATE SCHEMA IF NOT EXISTS probe;
  CREATE TABLE IF NOT EXISTS probe.costs (size integer NOT NULL, milliseconds double precision NOT NULL);`;

/** Triggers and foreign keys are off while rows are planted, and on when something is measured. */
const planted = (rows: string): string => `
      SET LOCAL session_replication_role = replica;
      ${rows}
      ANALYZE jobs, tasks;
      SET LOCAL session_replication_role = origin;`;

const triedOnce = (operation: string): string => `
        BEGIN
          turn := turn + 1;
          ${operation}
          RAISE EXCEPTION 'tried' USING ERRCODE = 'PG002';
        EXCEPTION WHEN SQLSTATE 'PG002' THEN NULL;
        END;`;

/** The first batch at each size makes the plans and is not kept. */
const batchOf = (operation: string): string => `
        tries := '{}';
        batch_began := clock_timestamp();
        LOOP ${triedOnce(operation)}
          tries := tries || cost;
          EXIT WHEN cardinality(tries) >= ${leastTries}
            AND clock_timestamp() > batch_began + interval '${leastMs} ms';
        END LOOP;
        IF batch > 0 THEN
          sizes := sizes || size;
          costs := costs || (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY one) FROM unnest(tries) AS one);
        END IF;`;

/** One statement list for a step. */
export const measureCosts = ({ sizes, first = '', plant, declared = '', operation, batches = 8 }: CostProbe): string =>
  `${table}
  DO $probe$
  DECLARE
    size integer; before integer := 0; added integer; turn integer;
    cost float8; tries float8[]; batch_began timestamptz; sizes integer[] := '{}'; costs float8[] := '{}';
    ${declared}
  BEGIN
    BEGIN
      ${planted(`INSERT INTO tenants (id, name) VALUES ('probe', 'probe') ON CONFLICT DO NOTHING; ${first}`)}
      FOREACH size IN ARRAY ARRAY[${sizes.join(', ')}] LOOP
        added := size - before;
        before := size;
        turn := 0;
        ${planted(plant)}
        FOR batch IN 0..${batches} LOOP ${batchOf(operation)}
        END LOOP;
      END LOOP;
      RAISE EXCEPTION 'measured' USING ERRCODE = 'PG001';
    EXCEPTION WHEN SQLSTATE 'PG001' THEN NULL;
    END;
    INSERT INTO probe.costs SELECT * FROM unnest(sizes, costs);
  END $probe$`;

/** Student's t for 95 % and some twenty degrees of freedom: eight batches at each of three sizes. */
const t95 = 2.07;

/**
 * e of cost = a × size^e, by least squares over the logarithms, from the size `from` on; or an end of its interval
 * (95 %).
 */
export const exponentOf = (side: 'low' | 'estimate' | 'high', from: number): string => {
  const times = { low: -t95, estimate: 0, high: t95 }[side];
  return `
    SELECT slope + ${times} * sqrt(greatest(0, syy - slope * slope * sxx) / greatest(1, points - 2) / sxx)
    FROM (
      SELECT regr_slope(y, x) AS slope, regr_sxx(y, x) AS sxx, regr_syy(y, x) AS syy, count(*) AS points
      FROM (SELECT ln(size) AS x, ln(milliseconds) AS y FROM probe.costs WHERE size >= ${from}) AS logarithms
    ) AS fit`;
};

/** Median cost at a size, in ms. */
export const costAt = (size: number): string =>
  `SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY milliseconds) FROM probe.costs WHERE size = ${size}`;

/** How many times as much it costs at one size as at another. */
export const timesAsMuch = (size: number, than: number): string => `SELECT (${costAt(size)}) / (${costAt(than)})`;
