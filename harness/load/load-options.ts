import type { PhaseResult, ScriptLoad } from '../result.ts';
import type { K6Option } from '../tools/k6-arguments.ts';
import type { ScriptVariable } from '../tools/k6-variables.ts';
import type { Workspace } from '../system/workspace.ts';
import type { Tool } from '../tools/tool.ts';

export interface LastExport {
  /** The port of k6's REST API, which says when the test is over. */
  apiPort: number;
  /** Epoch ms at which k6 collected the newest of its exports that have arrived. */
  exportedUpToMs(): number;
}

export interface LoadOptions {
  script: string;
  k6: Tool;
  /** The phases on the load's own clock, whose 0 is the instant at which k6 starts its users. */
  phases: readonly PhaseResult[];
  targetUrl: string;
  /** Base URL of the OTLP receiver, or the URL of its metrics path. */
  otlpUrl: string;
  /** Absent: the rate that the script declares. */
  interactivePerSecond?: number;
  seed: number;
  profileName: string;
  /** One line per event: k6 appends, so an old file is removed first. */
  ledgerFile: string;
  summaryFile: string;
  logFile: string;
  workspace: Workspace;
  /** Absent: k6 leaves by itself, and may cut its last export off (k6-end.ts). */
  lastExport?: LastExport;
  /** A service that is not on loopback and may be loaded. */
  allowHost?: string | null;
  /**
   * A stranger's script: it keeps no ledger, knows no phases of ours and writes no summary, and must not reach these
   * networks.
   */
  foreign?: {
    forbiddenNetworks: readonly string[];
    /** What was typed for it: `-e NAME=VALUE`, and what followed `--`. */
    variables: readonly ScriptVariable[];
    options: readonly K6Option[];
    /** What it declares of its load and keeps of it. */
    script?: ScriptLoad | null;
  };
}
