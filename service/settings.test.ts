import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { definitions, parseSettings, resolveSettings, watchdogSeconds } from './settings.ts';

test('nothing given means the defaults, each of which is a value it would accept', () => {
  const settings = parseSettings(undefined);
  expect(settings.appPoolMax).toBe(18);
  expect(settings.dbQueueMaxConcurrency).toBe(12);
  expect(resolveSettings(settings)).toEqual(settings);
});

test('every setting says in one sentence what it is', () => {
  const wanting = Object.entries(definitions).filter(
    ([, { says }]) => says.length < 20 || !says.endsWith('.') || says.includes('\n'),
  );
  expect(wanting.map(([name]) => name)).toEqual([]);
});

test('defects and plants are off', () => {
  const on = Object.entries(definitions).filter(
    ([, { says, default: value }]) => /^(Defect|Plant):/.test(says) && value !== false && value !== 0,
  );
  expect(on.map(([name]) => name)).toEqual([]);
});

test('what is wrong is named, with what would be right', () => {
  expect(() => resolveSettings({ appPoolMx: 3 })).toThrow('unknown setting appPoolMx; did you mean appPoolMax?');
  expect(() => resolveSettings({ zzzzz: 3 })).toThrow('settings are listed in');
  expect(() => resolveSettings({ appPoolMax: '37' })).toThrow(
    'setting appPoolMax must be a number of at least 1, but it is "37"',
  );
  expect(() => resolveSettings({ appPoolMax: 0 })).toThrow('at least 1');
  expect(() => resolveSettings({ heartbeat: 1 })).toThrow('must be true or false');
  expect(() => resolveSettings({ workerStart: 'slowly' })).toThrow('must be one of together, staggered');
  expect(() => parseSettings('{')).toThrow('is not JSON');
  expect(() => parseSettings('[1]')).toThrow('must be a JSON object');
});

test('the watchdog scales with the profile, down to its floor', () => {
  const settings = resolveSettings({});
  expect(watchdogSeconds(settings, 1)).toBe(1800);
  expect(watchdogSeconds(settings, 20)).toBe(90);
  expect(watchdogSeconds(settings, 1000)).toBe(30);
  expect(watchdogSeconds(resolveSettings({ watchdogFloorSeconds: 5 }), 1000)).toBe(5);
  // Shorter than the floor on purpose: not lengthened.
  expect(watchdogSeconds(resolveSettings({ watchdogNoProgressSeconds: 3 }), 1000)).toBe(3);
});

test('every value of a setting that changes the schema has its file', () => {
  const values = {
    scheduleConstraint: definitions.scheduleConstraint.words,
    counterMode: definitions.counterMode.words,
    scheduleWithoutKey: [true, false],
    counterReadModifyWrite: [true, false],
  };
  const files = Object.entries(values).flatMap(([name, all]) => all.map((value) => `${name}.${value}.sql`));
  expect(files.filter((file) => !existsSync(join(import.meta.dirname, 'migrations/variants', file)))).toEqual([]);
});

test('docs/service.md lists every setting with its sentence', () => {
  const page = readFileSync(join(import.meta.dirname, '../docs/service.md'), 'utf8').split('\n');
  const missing = Object.entries(definitions).filter(
    ([name, { says }]) => !page.some((line) => line.startsWith(`| \`${name}\` |`) && line.endsWith(`| ${says} |`)),
  );
  expect(missing.map(([name]) => name)).toEqual([]);
});
