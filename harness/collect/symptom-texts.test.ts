import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Sink } from './collector.ts';
import { errorLog, symptomTextsOf } from './error-log.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-lines-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const keptOf = async (lines: readonly string[], alsoKept: readonly string[]): Promise<string[]> => {
  const kept: string[] = [];
  const sink = {
    nowMs: () => 0,
    sample: () => undefined,
    log: (_component: string, _instance: number, text: string) => void kept.push(text),
  } as unknown as Sink;
  const file = path.join(folder, 'service.log');
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  await errorLog(sink, {
    file,
    component: 'service',
    instance: 0,
    series: 'service.log_errors',
    labels: {},
    alsoKept,
  }).end(1000);
  return kept;
};

const said = '2026-11-21T10:00:00.000Z INFO pool: 30 total, 0 idle, 12 waiting';
const lines = [
  said,
  '2026-11-21T10:00:01.000Z INFO pool: 30 total, 24 idle, 0 waiting',
  '2026-11-21T10:00:02.000Z ERROR timeout exceeded when trying to connect',
];

test('a line that a symptom asks for is kept beside the errors, whatever its case; others are not', async () => {
  expect(await keptOf(lines, ['POOL: 30 total, 0 idle'])).toEqual([lines[0], lines[2]]);
  expect(await keptOf(lines, [])).toEqual([lines[2]]);
});

test('what is kept for a text has an end', async () => {
  expect(
    await keptOf(
      Array.from({ length: 2000 }, () => said),
      ['0 idle'],
    ),
  ).toHaveLength(500);
});

test('texts are those of the component', () => {
  const symptomTexts = [
    { component: 'service', contains: 'a' },
    { component: 'pooler', contains: 'b' },
  ];
  expect(symptomTextsOf({ symptomTexts } as never, 'pooler')).toEqual(['b']);
  expect(symptomTextsOf({} as never, 'pooler')).toEqual([]);
});
