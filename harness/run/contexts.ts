/** What the phases of a run hand to each other. Types only: the files that do things import these, not one another. */
import type { SqlAnswers } from '../archive/entry-files.ts';
import type { RunFolder } from '../archive/run-folder.ts';
import type { Ledger } from '../load/ledger.ts';
import type { StartedService } from '../launch/started-service.ts';
import type { Plan, PlanEntry } from '../profile/plan.ts';
import type { Profile } from '../profile/profiles.ts';
import type { RunResult, ScenarioResult, Waiver } from '../result.ts';
import type { ExternalOptions } from '../stack/external/options.ts';
import type { StartedStack } from '../stack/stack.ts';
import type { Clock } from '../system/clock.ts';
import type { Workspace } from '../system/workspace.ts';
import type { Tool } from '../tools/tool.ts';
import type { CanaryWatch } from './canary-watch.ts';
import type { LiveFigures } from './live-figures.ts';
import type { OwnRun } from './own-run.ts';
import type { Progress } from './progress.ts';
import type { RunRequest } from './request.ts';
import type { ScriptWatch } from './script-watch.ts';

/** The unfinished run that goes on, and its folder. */
export interface ResumedRun {
  folder: string;
  run: RunResult;
}

/** Everything that is known before anything starts. */
export interface Prepared {
  request: RunRequest;
  plan: Plan;
  profile: Profile;
  k6: Tool;
  /** Where a service of the user's own is, with --stack external. */
  external: ExternalOptions | null;
  /** A service of the user's own that their config lets us start. */
  own: OwnRun | null;
  resumed: ResumedRun | null;
  /** Of the team's config; a run that goes on keeps those that it began with. */
  waivers: readonly Waiver[];
}

/** What every entry of a run shares. */
export interface EntryContext {
  prepared: Prepared;
  clock: Clock;
  folder: RunFolder;
  workspace: Workspace;
  signal: AbortSignal;
  progress: Progress;
  /** The load has begun: from here on there is something to report. */
  onLoad(): void;
}

/** What judging needs beside the samples on disk. */
export interface MeasuredEntry {
  facts: ScenarioResult;
  ledger: Ledger | null;
  sqlAnswers: SqlAnswers;
  /** Versions of the stack's parts, by their names. */
  versions: Record<string, string>;
  /** Wrong use, or an environment that lacks something: no later entry would fare better. */
  endsRun?: unknown;
}

/** One entry while its stack and service are up. Its `signal` is also given when a part of the stack ends by itself. */
export interface LiveEntry extends EntryContext {
  planned: PlanEntry;
  measured: MeasuredEntry;
  stack: StartedStack;
  service: StartedService;
  /** Settings of the database before the load (`faults/residue.ts`). */
  settingsBefore: readonly string[];
  figures: LiveFigures;
  canary: CanaryWatch;
  /** Watches a stranger's script; null where the script is ours. */
  script: ScriptWatch | null;
  /** The first part of the stack that was lost, as an error for people; null while all are there. */
  lost(): Error | null;
}
