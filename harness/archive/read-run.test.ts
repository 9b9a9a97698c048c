import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PgsurgeError } from '../errors.ts';
import { finishedRun, keptLabels, readRun } from './read-run.ts';
import { madeRun, saved } from '../compare/recordings/runs.ts';

let reports = '';
beforeEach(() => {
  reports = mkdtempSync(path.join(os.tmpdir(), 'pgsurge-read-'));
});
afterEach(() => rmSync(reports, { recursive: true, force: true }));

const put = (label: string, content: string | Buffer, file = 'run.json'): string => {
  const folder = path.join(reports, 'kept', label);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, file), content);
  return label;
};

const complaint = (label: string): string => {
  try {
    readRun(label, reports);
  } catch (error) {
    expect(error).toBeInstanceOf(PgsurgeError);
    expect((error as PgsurgeError).exitCode).toBe(2);
    expect((error as PgsurgeError).message).not.toContain('\n');
    return (error as PgsurgeError).message;
  }
  throw new Error(`${label} was read without a complaint`);
};

const whole = JSON.stringify(madeRun());

describe('reading a saved run', () => {
  it('finds it by label, by folder, by name, compressed or not', () => {
    put('v1', whole);
    put('v2', gzipSync(whole), 'run.json.gz');
    expect(readRun('v1', reports).run.id).toBe('2026-11-01T020000Z-matrix');
    expect(readRun('v2', reports).run.id).toBe('2026-11-01T020000Z-matrix');
    expect(readRun(path.join(reports, 'kept', 'v1')).name).toBe('2026-11-01T020000Z-matrix');
    expect(keptLabels(reports)).toEqual(['v1', 'v2']);
  });

  it('names the labels there are when it finds none', () => {
    put('v1', whole);
    expect(complaint('v7')).toMatch(/there is no saved run "v7".*kept: v1/);
  });

  it.each([
    ['torn', whole.slice(0, 900), /torn: after 900 characters/],
    ['empty', '', /torn: after 0 characters/],
    ['foreign', '{"name":"lighthouse","audits":{}}', /not a pgsurge run: it does not say "schema"/],
    ['list', '[1,2,3]', /not a pgsurge run/],
    ['null', 'null', /not a pgsurge run/],
    ['newer', '{"schema":"pgsurge.run/7"}', /newer pgsurge \(schema 7; this one reads up to 1\)/],
    ['half', JSON.stringify({ ...madeRun(), scenarios: undefined }), /not a whole pgsurge run \(scenarios/],
    ['odd-schema', '{"schema":{"toString":1}}', /not a pgsurge run/],
    ['prototype', '{"schema":"pgsurge.run/1","__proto__":{"id":"x"}}', /not a whole pgsurge run/],
  ])('says in one line what is wrong with a %s document', (label, content, message) => {
    expect(complaint(put(label, content))).toMatch(message);
  });

  it('refuses what is far too large, also once unpacked', () => {
    expect(complaint(put('large', Buffer.alloc(33 * 2 ** 20, 32)))).toMatch(/not a run document \(34603008 bytes\)/);
    expect(complaint(put('bomb', gzipSync(Buffer.alloc(64 * 2 ** 20, 32)), 'run.json.gz'))).toMatch(/cannot be read/);
  });

  it('keeps control characters of a hostile value out of its line', () => {
    const hostile = JSON.stringify({ ...madeRun(), verdict: '\u001b[2J\nrm', scenarios: [{ '\u001b[31m': 1 }] });
    expect(complaint(put('hostile', hostile))).not.toMatch(/[\u0000-\u001f]/); // oxlint-disable-line no-control-regex
    expect(complaint('no\u001b[2Jsuch\nrun')).not.toMatch(/[\u0000-\u001f]/); // oxlint-disable-line no-control-regex
  });

  it('reads the older schema number: fixture of pgsurge.run/0', () => {
    put('old', readFileSync(new URL('../compare/recordings/run-0.json', import.meta.url)));
    const { run } = readRun('old', reports);
    expect(run).toMatchObject({
      schema: 'pgsurge.run/1',
      profile: { name: 'nightly', timeScale: 20 },
      stack: { provider: 'compose' },
      verdict: 'inconclusive',
    });
    expect(run.scenarios[0]).toMatchObject({ entry: '5x.fixed.1', verdict: 'inconclusive' });
    expect(run.scenarios[0]!.criteria[0]).toMatchObject({
      id: 'api-p95',
      value: 143.2,
      verdict: 'pass',
      bounds: [{ comparator: '<', value: 200 }],
    });
    expect(run.scenarios[0]!.criteria[1]).toMatchObject({ id: 'cpu-headroom', value: null, verdict: 'inconclusive' });
  });

  it('takes no unfinished run for a comparison', () => {
    expect(() => finishedRun(saved(madeRun({ state: 'running' })))).toThrow(
      /never came to its end \(state "running"\)/,
    );
    expect(finishedRun(saved(madeRun())).run.state).toBe('finished');
  });
});
