import { forwarderIfPossible } from './forwarder.ts';
import { resolveK6 } from './k6.ts';
import { resolvePgbouncer } from './pgbouncer.ts';
import { resolvePostgres } from './postgres.ts';
import type { Tool, ToolLog } from './tool.ts';
import { resolveToxiproxy } from './toxiproxy.ts';

/** Finds or makes each tool that a run may need. The forwarder is null where it cannot be had; the others reject. */
export const everyTool: readonly ((log: ToolLog) => Promise<Tool | null>)[] = [
  resolvePostgres,
  resolvePgbouncer,
  resolveToxiproxy,
  resolveK6,
  forwarderIfPossible,
];
