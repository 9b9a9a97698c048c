/** What a run is asked for: the command line parses into it, tests and the selftest write it. Types only. */
import type { PlanPart } from '../profile/parts.ts';
import type { profiles } from '../profile/profiles.ts';
import type { ExternalFlags } from '../stack/external/options.ts';
import type { Plant } from './plant.ts';

export interface RunOptions extends ExternalFlags {
  profile: keyof typeof profiles;
  stack: 'local' | 'compose' | 'external';
  variant: string;
  repeats: number;
  /** `--load`: one row of the matrix at that factor of the baseline's load. */
  load?: number;
  /** `--part 2/3`: these of the incidents that were asked for. */
  part?: PlanPart;
  resume?: string;
  reports: string;
  baseline?: string;
  seed: number;
  json?: boolean;
  dryRun?: boolean;
  against?: string;
  /** `-e NAME=VALUE`, as typed: for the script of a stranger. */
  env?: string[];
  /** File of the team's own config; absent: there is none, or it is not to be read. */
  config?: string;
  /** Round trip of the link, over what scenarios declare. */
  linkMs?: number;
  /** A tap on each hop of the stack that pgsurge starts. */
  tap?: boolean;
}

export interface RunRequest extends RunOptions {
  scenarios: string[];
  /** What followed `--`: options of k6 for the script of a stranger. */
  k6Options?: string[];
  /** What was typed, for the line that reproduces the run. */
  argv: string[];
  /** A defect that a test or `selftest` puts into the run. Not on the command line. */
  plant?: Plant;
}
