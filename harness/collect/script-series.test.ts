import { describe, expect, test } from 'vitest';
import { openOwnSeries, openScriptSeries } from './script-series.ts';

const base = 'http://127.0.0.1:8090';

describe("a stranger's script", () => {
  test('9,000 addresses are one route; nothing is left over', () => {
    const script = openScriptSeries('load');
    const names = Array.from(
      { length: 9000 },
      (_, id) => script.relabel('http_reqs', { name: `${base}/items/${1_000_000 + id}?action=new` }).labels['name'],
    );
    expect(new Set(names)).toEqual(new Set(['/items/:id']));
    expect(script.tooMany).toBeNull();
  });

  test('names without any number: those that find no place are counted, and said', () => {
    const script = openScriptSeries('load');
    const letters = (index: number): string => [...String(index)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
    const names = new Set(
      Array.from(
        { length: 9180 },
        (_, id) => script.relabel('http_reqs', { name: `${base}/u/${letters(id)}` }).labels['name'],
      ),
    );
    expect(names.size).toBe(201);
    expect(names).toContain('/u/*');
    expect(script.tooMany).toBe('8,980 more names of requests are counted together: set the name tag');
  });

  test('names of its own stay as they are, until they are too many', () => {
    const script = openScriptSeries('load');
    const nameOf = (name: string): string => script.relabel('http_reqs', { name }).labels['name']!;
    expect(nameOf('open item 17')).toBe('open item 17');
    for (let id = 0; id < 200; id += 1) nameOf(`GET /items/${id}`);
    expect(nameOf('GET /items/777777')).toBe('GET /items/:id');
    expect(nameOf('open item 17')).toBe('open item 17');
  });

  test('another host is another route', () => {
    const script = openScriptSeries('load');
    const nameOf = (name: string): string => script.relabel('http_reqs', { name }).labels['name']!;
    expect([nameOf(`${base}/a/1`), nameOf('http://127.0.0.1:9/a/1')]).toEqual(['/a/:id', '127.0.0.1:9/a/:id']);
  });

  test('its tags are never taken for ours', () => {
    const given = { phase: 'burst', kind: 'job', tenant: '17', outcome: 'ok', status: '200', method: 'GET' };
    expect(openScriptSeries('load').relabel('http_reqs', given)).toEqual({
      series: 'http_reqs',
      labels: { phase: 'load', kind: 'interactive', outcome: 'ok', status: '200', method: 'GET' },
    });
  });

  test.each([
    ['status', '404'],
    ['method', 'GET'],
    ['error_code', '1212'],
    ['condition', 'nonzero'],
    ['scenario', 'browse'],
    ['service.instance', 'shop-1'],
  ])('ids that a script puts into a tag called %s, as k6 calls one, leave room for those of k6', (tag, ofK6) => {
    const { relabel } = openScriptSeries('load');
    const labelOf = (value: string): string => relabel('orders', { [tag]: value }).labels[tag]!;
    expect(labelOf(ofK6)).toBe(ofK6);
    const values = new Set(Array.from({ length: 5000 }, (_, id) => labelOf(`order${id}x`)));
    expect(values.size).toBeLessThan(300);
    expect(labelOf(ofK6)).toBe(ofK6);
  });

  test('nor its metrics', () => {
    const { relabel } = openScriptSeries('load');
    expect(relabel('workers', {}).series).toBe('script.workers');
    expect(relabel('http_req_mine', {}).series).toBe('script.http_req_mine');
    expect(
      ['checks.total', 'http_req_failed.occurred', 'vus', 'ws_sessions'].map((name) => relabel(name, {}).series),
    ).toEqual(['checks.total', 'http_req_failed.occurred', 'vus', 'ws_sessions']);
  });

  test('setup and teardown are phases of their own', () => {
    const { relabel } = openScriptSeries('load');
    const phaseOf = (group: string): string => relabel('http_reqs', { group }).labels['phase']!;
    expect(['::setup', '::setup::login', '::teardown', '::setups', ''].map(phaseOf)).toEqual([
      'setup',
      'setup',
      'teardown',
      'load',
      'load',
    ]);
  });

  test('a tag of its own called group makes no setup of the load, which has a scenario', () => {
    const { relabel } = openScriptSeries('load');
    expect(relabel('http_reqs', { group: '::setup', scenario: 'default' }).labels).toMatchObject({ phase: 'load' });
    expect(relabel('http_reqs', { group: '::teardown', scenario: 'buy' }).labels).toMatchObject({ phase: 'load' });
  });

  test("the row of a journey says its phases; the script's own tag `phase` is its own", () => {
    const { relabel } = openScriptSeries(null);
    const labelsOf = (labels: Record<string, string>): Record<string, string> => relabel('http_reqs', labels).labels;
    expect(labelsOf({ phase: 'mine', pgsurge_phase: 'burst' })).toMatchObject({ phase: 'burst' });
    expect(labelsOf({ phase: 'mine' })).not.toHaveProperty('phase');
    expect(labelsOf({ group: '::setup' })).toMatchObject({ phase: 'setup' });
  });

  test("k6's words for an error, without the port that differs each time", () => {
    const { relabel } = openScriptSeries('load');
    const errorOf = (port: number): string =>
      relabel('http_reqs', { error: `read tcp 127.0.0.1:${port}->127.0.0.1:80: reset` }).labels['error']!;
    expect(errorOf(1)).toBe(errorOf(23456));
  });
});

test('a script of ours keeps its kinds; its phases are not those of this run', () => {
  expect(openOwnSeries('load').relabel('http_reqs', { kind: 'poll', phase: 'burst' }).labels).toEqual({
    kind: 'poll',
    phase: 'load',
  });
});
