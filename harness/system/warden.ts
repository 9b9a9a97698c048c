/**
 * A process of its own beside every run. Its standard input is a pipe that the harness holds open: when the harness
 * ends in disorder, also by kill -9, the pipe ends, and the warden reverts the faults in force, ends what the run
 * started and removes its folder. On an orderly end the harness writes "done" first, and the warden leaves at once.
 */
import { isAlive } from './proc.ts';
import { readRecord } from './residue.ts';
import { waitUntil } from './wait.ts';

const id = process.argv[2] ?? '';

const watch = async (): Promise<void> => {
  let said = '';
  for await (const chunk of process.stdin) said += String(chunk);
  if (said.includes('done')) return;
  const record = readRecord(id);
  if (record === null) return;
  // The pipe ends a moment before the process is gone.
  await waitUntil('the end of the harness', () => !isAlive(record.owner), { limitMs: 2000 }).catch(() => undefined);
  // Loaded only now, so that a warden that is never needed costs little.
  const { cleanRecord } = await import('./clean.ts');
  await cleanRecord(readRecord(id) ?? record);
};

// Ctrl-C reaches the foreground's processes; the warden is there for what comes after it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
await watch();
process.exit(0);
