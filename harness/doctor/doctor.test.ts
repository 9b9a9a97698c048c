import { expect, test } from 'vitest';
import type { Check, Finding } from './check.ts';
import { checks } from './parts.ts';
import { doctor, renderDiagnoses } from './doctor.ts';
import { environmentError } from '../errors.ts';

const check = (part: string, required: boolean, look: () => Promise<Finding>): Check => ({
  part,
  purpose: 'for the test',
  required,
  fix: `get ${part}`,
  look,
});

test('found, missing and broken parts each say where, or what to do', async () => {
  const diagnoses = await doctor([
    check('one', true, async () => ({ found: '/bin/one', version: '1.2.3', from: 'path' })),
    check('two', true, async () => ({ found: null })),
    check('three', true, () => Promise.reject(environmentError('THREE_BIN names nothing: unset it'))),
    check('four', false, async () => ({ found: '1', ok: false })),
  ]);
  expect(diagnoses.map(({ ok, found, version, fix }) => ({ ok, found, version, fix }))).toEqual([
    { ok: true, found: '/bin/one', version: '1.2.3', fix: null },
    { ok: false, found: null, version: null, fix: 'get two' },
    { ok: false, found: null, version: null, fix: 'THREE_BIN names nothing: unset it' },
    { ok: false, found: '1', version: null, fix: 'get four' },
  ]);
  expect(renderDiagnoses(diagnoses, false)).toBe(
    [
      'ok       one    /bin/one 1.2.3 (path)',
      'missing  two    for the test',
      '                -> get two',
      'missing  three  for the test',
      '                -> THREE_BIN names nothing: unset it',
      'without  four   1',
      '                -> get four',
      '',
      'A run needs two, three: see -> above.',
      '',
    ].join('\n'),
  );
});

test('every real part has a name of its own, a purpose and a way to get it', () => {
  expect(new Set(checks.map(({ part }) => part)).size).toBe(checks.length);
  expect(checks.filter(({ purpose, fix }) => purpose === '' || fix === '')).toEqual([]);
});

test('looking at this machine finds the Node that runs and makes nothing', async () => {
  const diagnoses = await doctor(
    checks.filter(({ part }) => ['Node', 'npm packages', 'ports', 'cores'].includes(part)),
  );
  expect(diagnoses.filter(({ ok, required }) => required && !ok)).toEqual([]);
  expect(diagnoses.find(({ part }) => part === 'Node')?.version).toBe(process.versions.node);
});
