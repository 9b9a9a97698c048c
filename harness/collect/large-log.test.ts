/** @module-tag full */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { errorLog } from './error-log.ts';
import { recorder } from './fixtures/recorder.ts';

const megabyte = 2 ** 20;
const blocks = 300;

/** A megabyte of a service's log: one error in a hundred lines, with a stack of its own. */
const block = (): string => {
  const error =
    '2026-11-28T09:14:02.114Z ERROR GET /items: deadlock detected\n    at run (/app/db.js:7:1)\n    at /app/a.js:1:1\n';
  const info = `2026-11-28T09:14:02.114Z INFO GET /items 200 ${'x'.repeat(150)}\n`;
  const part = error + info.repeat(97);
  return part.repeat(Math.floor(megabyte / part.length));
};

test('a log of 300 MB is read without growing memory, and counted exactly', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-large-log-'));
  const file = path.join(folder, 'service.log');
  const descriptor = openSync(file, 'w');
  const text = block();
  for (let written = 0; written < blocks; written += 1) writeSync(descriptor, text);
  closeSync(descriptor);
  const { sink, last, lines } = recorder();
  const log = errorLog(sink, { file, component: 'service', instance: 0, series: 'service.log_errors', labels: {} });
  const before = process.memoryUsage().rss;
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
  try {
    await log.read(1000);
    await log.end(2000);
  } finally {
    clearInterval(watch);
    rmSync(folder, { recursive: true });
  }
  const errors = blocks * text.split('deadlock detected').length - blocks;
  expect(last('service.log_errors', { family: 'deadlock' })).toBe(errors);
  expect(last('log.lines', { kind: 'read' })).toBe(blocks * (text.split('\n').length - 1));
  expect(lines).toHaveLength(300);
  expect((most - before) / megabyte).toBeLessThan(200);
}, 120_000);
