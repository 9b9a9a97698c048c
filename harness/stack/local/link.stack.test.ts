import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { createWorkspace } from '../../system/workspace.ts';
import { defaultStackSpec } from '../spec.ts';
import { startStack } from '../start.ts';
import type { StartedStack } from '../stack.ts';

const medianMsOf = async (url: string): Promise<number> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const took: number[] = [];
  for (let query = 0; query < 9; query += 1) {
    const sinceMs = performance.now();
    await client.query('SELECT 1');
    took.push(performance.now() - sinceMs);
  }
  await client.end();
  return took.toSorted((a, b) => a - b)[4] ?? 0;
};

const withStack = async (linkMs: number, body: (stack: StartedStack) => Promise<void>): Promise<void> => {
  const logsFolder = mkdtempSync(path.join(tmpdir(), 'pgsurge-link-'));
  try {
    await using workspace = await createWorkspace('link test');
    const context = { workspace, logsFolder, log: () => undefined };
    await using stack = await startStack('local', { ...defaultStackSpec, linkMs }, context);
    await body(stack);
  } finally {
    rmSync(logsFolder, { recursive: true, force: true });
  }
};

test('a link of 30 ms lies on both routes of the service, without Toxiproxy, and not before the harness', async () => {
  await withStack(30, async (stack) => {
    expect(stack.toxiproxy).toBeNull();
    expect(stack.settings['linkMs']).toBe(30);
    expect(stack.components.map(({ name }) => name)).toContain('proxy');
    expect(await medianMsOf(stack.serviceUrl('pooler', 'app'))).toBeGreaterThanOrEqual(29.5);
    expect(await medianMsOf(stack.serviceUrl('direct', 'listen'))).toBeGreaterThanOrEqual(29.5);
    expect(await medianMsOf(stack.databaseUrl('app'))).toBeLessThan(25);
  });
});

test('--link-ms 0 takes it away: no proxy stands anywhere', { tags: 'full' }, async () => {
  await withStack(0, async (stack) => {
    expect(stack.components.map(({ name }) => name)).not.toContain('proxy');
    expect(await medianMsOf(stack.serviceUrl('pooler', 'app'))).toBeLessThan(25);
  });
});
