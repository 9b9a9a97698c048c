/** A command's pages, written beside the reports or where `--out` says, and what it has to say, printed. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CommandOutput } from '../compare/output.ts';

/** With `--json` nothing is printed but the JSON itself. */
export const writeBeside = (
  { text, files }: CommandOutput,
  page: string,
  { reports, out, json }: { reports: string; out?: string; json?: boolean },
): void => {
  const folder = out ?? reports;
  mkdirSync(folder, { recursive: true });
  for (const file of files) writeFileSync(path.join(folder, file.path), file.content);
  process.stdout.write(text);
  if (json !== true) process.stdout.write(`page: ${path.join(folder, page)}\n`);
};
