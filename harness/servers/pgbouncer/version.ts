/** Versions of PgBouncer, however they are said: "1.25.1" by the program, "PgBouncer 1.18.0" by its console. */
import semver from 'semver';

/** "1.25.1" of "PgBouncer 1.25.1 (dev)"; null where nothing in it is a version. */
const versionNumber = (version: string): string | null => semver.coerce(version)?.version ?? null;

/** One that does not say its version is taken for a new one. */
export const isAtLeast = (version: string, oldest: string): boolean =>
  semver.gte(versionNumber(version) ?? oldest, oldest);
