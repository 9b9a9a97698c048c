/**
 * Where a tool was found: named by a variable, on the PATH, in our cache (an earlier run built or fetched it), or made
 * just now.
 */
export type ToolSource = 'environment' | 'path' | 'cache' | 'built' | 'package' | 'download';

/** A program that the harness starts. */
export interface Tool {
  readonly name: string;
  /** The executable; for Postgres, the folder that holds `postgres`, `initdb` and `pg_ctl`. */
  readonly path: string;
  readonly version: string;
  readonly from: ToolSource;
  /** Variables the tool needs beside the caller's environment, e.g. LD_LIBRARY_PATH. */
  readonly env: Readonly<Record<string, string>>;
}

/** Takes one line for a person: why this takes a while. */
export type ToolLog = (line: string) => void;
