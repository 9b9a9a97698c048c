import { expect, test } from 'vitest';
import { behaviourOf, crawlTimeMs, defaultPartnerSettings, modelTimeMs, pageAt, withSettings } from './site.ts';

const addresses = Array.from({ length: 2000 }, (_, id) => `https://tenant-1.example/job/page-${id}`);

test('a crawl takes 60 to 140 % of the setting, spread evenly, the same for the same address and seed', () => {
  const times = addresses.map((address) => crawlTimeMs(100, 7, address));
  expect(Math.min(...times)).toBeGreaterThanOrEqual(60);
  expect(Math.max(...times)).toBeLessThan(140);
  expect(times.reduce((sum, time) => sum + time, 0) / times.length).toBeCloseTo(100, -1);
  expect(crawlTimeMs(100, 7, 'a')).toBe(crawlTimeMs(100, 7, 'a'));
  expect(crawlTimeMs(100, 7, 'a')).not.toBe(crawlTimeMs(100, 8, 'a'));
});

test('a healthy partner answers every page; shares of it are forbidden, fail or are never answered', () => {
  const statuses = (changes: Record<string, unknown>): Record<string, number> => {
    const settings = withSettings(defaultPartnerSettings, changes);
    const counts: Record<string, number> = {};
    for (const [request, address] of addresses.entries()) {
      const status = String(behaviourOf(settings, 1, address, request).status);
      counts[status] = (counts[status] ?? 0) + 1;
    }
    return counts;
  };
  expect(statuses({})).toEqual({ 200: 2000 });
  expect(statuses({ forbiddenShare: 0.1 })['403']).toBeCloseTo(200, -2);
  const both = statuses({ failingShare: 0.2, stalledShare: 0.1 });
  expect(both['500']).toBeCloseTo(400, -2);
  expect(both['null']).toBeCloseTo(200, -2);
});

test('what is forbidden stays so, what failed may succeed', () => {
  const forbidding = withSettings(defaultPartnerSettings, { forbiddenShare: 0.5 });
  const failing = withSettings(defaultPartnerSettings, { failingShare: 0.5 });
  const seen = (settings: typeof failing): Set<unknown> =>
    new Set(Array.from({ length: 50 }, (_, request) => behaviourOf(settings, 1, 'https://a.example/', request).status));
  expect(seen(forbidding).size).toBe(1);
  expect(seen(failing)).toEqual(new Set([200, 500]));
});

test('a classifier takes from 1 to 5 s, a memorizer from 3 to 10 s, the same for the same text', () => {
  for (const [model, least, most] of [
    ['classify', 1000, 5000],
    ['memorize', 3000, 10_000],
  ] as const) {
    const times = addresses.map((text) => modelTimeMs(model, 7, text)!);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(least);
    expect(Math.max(...times)).toBeLessThan(most);
    expect(times.reduce((sum, time) => sum + time, 0) / times.length / 1000).toBeCloseTo((least + most) / 2000, 0);
    expect(modelTimeMs(model, 7, 'a')).toBe(modelTimeMs(model, 7, 'a'));
  }
  expect(modelTimeMs('guess', 7, 'a')).toBeNull();
});

test('the first page links to all others, each other to the next, the last to none', () => {
  const site = 'https://tenant-1.example/job/';
  expect(pageAt(site, 4).links).toEqual([`${site}page-1`, `${site}page-2`, `${site}page-3`]);
  expect(pageAt(`${site}page-1`, 4).links).toEqual([`${site}page-2`]);
  expect(pageAt(`${site}page-3`, 4).links).toEqual([]);
  expect(pageAt(site, 1).links).toEqual([]);
});

test('a setting that there is not, or out of range, is refused', () => {
  expect(() => withSettings(defaultPartnerSettings, { crawlTime: 1 })).toThrow('no setting crawlTime');
  expect(() => withSettings(defaultPartnerSettings, { failingShare: 2 })).toThrow('from 0 to 1');
  expect(() => withSettings(defaultPartnerSettings, { crawlMs: -1 })).toThrow('at least 0');
});
