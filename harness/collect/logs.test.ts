import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { databaseErrorIn } from './collectors/database-log.ts';
import { errorInLog as poolerErrorIn } from '../servers/pgbouncer/log.ts';
import { serviceErrorIn } from './collectors/service-log.ts';
import { errorLog, stampOf } from './error-log.ts';
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
  const all = (tail: ReturnType<typeof tailFile>): string[] => {
    const lines: string[] = [];
    tail.read((line) => lines.push(line));
    return lines;
  };

  test('gives each line once, when it is whole', () => {
    const tail = tailFile(file);
    expect(all(tail)).toEqual([]);
    writeFileSync(file, 'one\ntwo\nthr');
    expect(all(tail)).toEqual(['one', 'two']);
    appendFileSync(file, 'ee\n');
    expect(all(tail)).toEqual(['three']);
    expect(all(tail)).toEqual([]);
  });

  test('begins again when the file does', () => {
    const tail = tailFile(file);
    writeFileSync(file, 'one\ntwo\n');
    all(tail);
    truncateSync(file);
    appendFileSync(file, 'new\n');
    expect(all(tail)).toEqual(['new']);
  });

  test('passes over what is too much, and says how much', () => {
    const tail = tailFile(file);
    writeFileSync(file, `${'x'.repeat(1023)}\n`.repeat(70 * 1024));
    const lines = all(tail);
    expect(lines.length).toBeLessThanOrEqual(8 * 1024);
    expect(tail.skippedBytes).toBeGreaterThan(60 * 2 ** 20);
  });
});

describe('errors in it', () => {
  test('are counted by family from zero, and kept with their time', () => {
    const { sink, samples, lines } = recorder();
    const read = errorLog(sink, {
      file,
      component: 'pooler',
      instance: 0,
      series: 'pooler.log_errors',
      labels: { pooler: '0' },
      errorIn: poolerErrorIn,
    });
    writeFileSync(file, 'nothing\n');
    read(1000);
    const at = new Date(Date.now() - 4000).toISOString().replace('T', ' ').replace('Z', ' UTC');
    appendFileSync(file, `${at} [7] WARNING C-0x1: app/app@127.0.0.1:1 pooler error: query_wait_timeout\n`.repeat(400));
    read(2000);
    expect(samples.map(({ labels, value, atMs }) => [labels['family'], value, atMs])).toEqual([
      ['pooler-wait', 0, 1000],
      ['pooler-wait', 400, 2000],
    ]);
    expect(lines).toHaveLength(300);
    expect(Math.abs(sink.nowMs() - 4000 - lines[0]!.atMs)).toBeLessThan(500);
  });

  test('are told from what is none', () => {
    expect(
      poolerErrorIn(
        '2026-11-21 10:00:00.123 UTC [7] LOG C-0x1: app/app@127.0.0.1:1 closing because: query_wait_timeout (age=1s)',
      ),
    ).toBeNull();
    expect(
      poolerErrorIn(
        '2026-11-21 10:00:00.123 UTC [7] WARNING C-0x1: app/app@127.0.0.1:1 pooler error: query_wait_timeout',
      ),
    ).toBe('query_wait_timeout');
    expect(
      poolerErrorIn(
        '2026-11-21 10:00:00.123 UTC [7] WARNING server login failed: FATAL sorry, too many clients already',
      ),
    ).toContain('too many clients already');
    expect(serviceErrorIn('2026-11-21T10:00:00.000Z INFO started')).toBeNull();
    expect(serviceErrorIn('2026-11-21T10:00:00.000Z ERROR timeout exceeded when trying to connect')).toBe(
      'timeout exceeded when trying to connect',
    );
    expect(serviceErrorIn('TypeError: x is not a function')).not.toBeNull();
    expect(
      databaseErrorIn('2026-11-21 10:00:00.123 UTC [9] app@app/[unknown] FATAL:  sorry, too many clients already'),
    ).toBe('sorry, too many clients already');
    expect(databaseErrorIn('2026-11-21 10:00:00.123 UTC [9] LOG:  checkpoint starting: time')).toBeNull();
  });

  test('carry their own time', () => {
    expect(stampOf('2026-11-21 10:00:00.123 UTC [9] x')).toBe(Date.parse('2026-11-21T10:00:00.123Z'));
    expect(stampOf('2026-11-21T10:00:00.123Z ERROR x')).toBe(Date.parse('2026-11-21T10:00:00.123Z'));
    expect(stampOf('no time')).toBeNull();
  });
});
