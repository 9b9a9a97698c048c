import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkFaultsOf, chooseFault, faultIds, loadFault } from './load-fault.ts';

test.each(faultIds())(
  '%s: its id is its file, all its options have a default, and its row in docs/faults.md names them',
  async (id) => {
    const fault = await loadFault(id);
    expect(fault.id).toBe(id);
    await expect(chooseFault(id, {})).resolves.toMatchObject({ id, title: fault.title });
    const rows = readFileSync('docs/faults.md', 'utf8').split('\n');
    const row = rows.find((line) => line.startsWith(`| \`${id}\` |`)) ?? 'there is none: add its row';
    for (const option of Object.keys(fault.options)) expect(row).toContain(`\`${option}\``);
  },
);

test.each([
  [
    'latency',
    { latencyMs: 'slow' },
    /^fault "latency": option latencyMs is "slow": .*; it takes link, stream, latencyMs, toxicity$/,
  ],
  [
    'latency',
    { latency: 200 },
    /^fault "latency" has no option "latency": it takes link, stream, latencyMs, toxicity$/,
  ],
  ['freeze', { component: 'front' }, /^fault "freeze": option component is "front": .*"service"\|"pooler"\|"database"/],
  [
    'lock-storm',
    { table: 'tasks; --' },
    /^fault "lock-storm": option table is "tasks; --": is not the plain name of a table; it takes table$/,
  ],
  ['database-crash', { hard: true }, /^fault "database-crash" has no option "hard": it takes no options$/],
  ['earthquake', {}, /^there is no fault "earthquake"; there are backends-terminate, /],
])('%s with %o is refused in one line that names fault and option', async (id, given, line) => {
  await expect(chooseFault(id, given)).rejects.toThrow(line);
});

test('a scenario is refused before anything starts, and the step is named', async () => {
  const inject = { phase: 'fault', atSeconds: 0, do: 'inject', fault: 'latency' } as const;
  const restart = { phase: 'fault', atSeconds: 0, do: 'restart' } as const;
  await expect(checkFaultsOf({ id: 'slow', steps: [restart, { ...inject, with: { latencyMs: 9 } }] })).resolves.toBe(
    undefined,
  );
  await expect(checkFaultsOf({ id: 'slow', steps: [restart, { ...inject, with: { delay: 9 } }] })).rejects.toThrow(
    'scenario slow: steps[1]: fault "latency" has no option "delay": it takes link, stream, latencyMs, toxicity',
  );
});
