import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isClientGone, readLogEvent } from '../servers/pgbouncer/log.ts';
import { isLockWait } from '../servers/postgres/log.ts';
import { errorLog } from './error-log.ts';
import { recorder } from './fixtures/recorder.ts';
import { tailFile } from './tail.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-logs-'));
  file = path.join(folder, 'x.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the tail of a log', () => {
  const all = async (tail: ReturnType<typeof tailFile>): Promise<string[]> => {
    const lines: string[] = [];
    await tail.read((line) => lines.push(line), 1000);
    return lines;
  };

  test('gives each line once, when it is whole', async () => {
    const tail = tailFile(file);
    expect(await all(tail)).toEqual([]);
    writeFileSync(file, 'one\ntwo\nthr');
    expect(await all(tail)).toEqual(['one', 'two']);
    appendFileSync(file, 'ee\n');
    expect(await all(tail)).toEqual(['three']);
    expect(await all(tail)).toEqual([]);
  });

  test('begins again when the file does, or another takes its place', async () => {
    const tail = tailFile(file);
    writeFileSync(file, 'one\ntwo\n');
    await all(tail);
    truncateSync(file);
    appendFileSync(file, 'new\n');
    expect(await all(tail)).toEqual(['new']);
    writeFileSync(`${file}.2`, 'another, longer line\n');
    renameSync(`${file}.2`, file);
    expect(await all(tail)).toEqual(['another, longer line']);
  });

  test('passes nothing over: what it has no time for it leaves to the next look', async () => {
    const tail = tailFile(file);
    writeFileSync(file, `${'ä'.repeat(511)}x\n`.repeat(20 * 1024));
    let count = 0;
    const take = (line: string): void => {
      count += 1;
      if (count === 20 * 1024) expect(line).toBe(`${'ä'.repeat(511)}x`);
    };
    const left = await tail.read(take, 1);
    expect(left).toBeGreaterThan(0);
    expect(await tail.read(take, 10_000)).toBe(0);
    expect(count).toBe(20 * 1024);
  });
});

const pooler = {
  component: 'pooler',
  instance: 0,
  series: 'pooler.log_errors',
  labels: { pooler: '0' },
  readEvent: readLogEvent,
} as const;

describe('errors in it', () => {
  test('are counted by family from zero, whatever is kept of them, and kept with their time', async () => {
    const { sink, samples, lines, last } = recorder();
    const log = errorLog(sink, { ...pooler, file });
    const at = (agoMs: number): string =>
      new Date(Date.now() - agoMs).toISOString().replace('T', ' ').replace('Z', ' UTC');
    writeFileSync(file, `${at(5000)} [7] LOG nothing\n`);
    await log.read(1000);
    appendFileSync(
      file,
      `${at(4000)} [7] WARNING C-0x1: app/app@127.0.0.1:1 pooler error: query_wait_timeout\n`.repeat(400),
    );
    await log.end(2000);
    const counted = samples.filter(({ series }) => series === 'pooler.log_errors');
    expect(counted.map(({ labels, value, atMs }) => [labels['family'], value, atMs])).toEqual([
      ['pooler-wait', 0, 1000],
      ['pooler-wait', 400, 2000],
    ]);
    expect(lines).toHaveLength(300);
    expect(lines[0]).toMatchObject({ family: 'pooler-wait' });
    expect(Math.abs(sink.nowMs() - 4000 - lines[0]!.atMs)).toBeLessThan(500);
    expect(last('log.lines', { component: 'pooler', kind: 'read' })).toBe(401);
  });

  test('of the pooler are all its warnings, known or not, but those about its own doings', async () => {
    const { sink, last } = recorder();
    const log = errorLog(sink, { ...pooler, file });
    const said = [
      'WARNING C-0x1: app/app@10.0.0.9:5 pooler error: client_login_timeout',
      'WARNING C-0x1: app/app@10.0.0.9:5 pooler error: pgbouncer cannot connect to server',
      'ERROR accept() failed: Too many open files',
      'WARNING C-0x1: app/app@10.0.0.9:5 pooler error: something new of 2030',
      'WARNING C-0x1: app/app@10.0.0.9:5 taking connection from reserve_pool',
      'LOG S-0x1: app/app@10.0.0.9:5 closing because: server lifetime over (age=3600s)',
      'LOG C-0x1: app/app@10.0.0.9:5 closing because: client disconnect while server was not ready (age=1s)',
    ];
    writeFileSync(file, said.map((line) => `2026-11-21 10:00:00.123 UTC [7] ${line}\n`).join(''));
    await log.end(1000);
    const count = (family: string): number | undefined => last('pooler.log_errors', { family });
    expect([count('connect-timeout'), count('pooler-down'), count('host-limits'), count('other')]).toEqual([
      1, 1, 1, 1,
    ]);
    expect(isClientGone({ message: 'C-0x1: a/b@c closing because: client disconnect while x' } as never)).toBe(true);
  });

  test('alike in every form of the log of Postgres; waits for a lock are counted beside them', async () => {
    const counts = [];
    for (const form of ['stderr', 'csv', 'jsonl'] as const) {
      const { sink, last, lines } = recorder();
      const log = errorLog(sink, {
        file: new URL(`./fixtures/lock-queue.${form}`, import.meta.url).pathname,
        component: 'database',
        instance: 0,
        series: 'postgres.log_errors',
        labels: { instance: '0' },
        alsoCounted: { series: 'postgres.log_lock_waits', is: isLockWait },
      });
      await log.end(1000);
      expect(
        lines.some(({ text }) => /still waiting .*holding the lock: 77/.test(text)),
        form,
      ).toBe(true);
      const families = ['statement-timeout', 'no-slot', 'other'].map((family) =>
        last('postgres.log_errors', { family }),
      );
      counts.push([...families, last('postgres.log_lock_waits'), last('log.lines', { kind: 'not-understood' })]);
    }
    expect(counts).toEqual([1, 2, 3].map(() => [1, 1, undefined, 2, undefined]));
  });

  test('a log that cannot be understood is told from one without errors', async () => {
    const { sink, last } = recorder();
    const log = errorLog(sink, { file, component: 'service', instance: 1, series: 'service.log_errors', labels: {} });
    writeFileSync(file, 'got it\n'.repeat(30));
    await log.end(1000);
    expect(last('log.lines', { instance: '1', kind: 'not-understood' })).toBe(30);
  });

  test('the last event of a silent log is not forgotten', async () => {
    const { sink, last } = recorder();
    const log = errorLog(sink, { file, component: 'service', instance: 1, series: 'service.log_errors', labels: {} });
    writeFileSync(file, '2026-11-21T10:00:00.000Z ERROR x: deadlock detected\n    at a.js:1\n');
    await log.read(1000);
    await log.read(2000);
    expect(last('service.log_errors', { family: 'deadlock' })).toBe(1);
  });
});
