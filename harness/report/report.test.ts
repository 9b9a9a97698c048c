import { describe, expect, test } from 'vitest';
import { formatOutOf, formatMargin } from './format.ts';
import { formatShare, formatValue } from '../measure/numbers-in-words.ts';
import { roomOf } from '../measure/bounds.ts';
import type { Bound } from '../result.ts';
import { escapeText, html, slug } from './html.ts';
import { criterion } from './recordings/criteria.ts';
import { duplicates } from './recordings/duplicates.ts';
import { failing } from './recordings/failing.ts';
import { healthy } from './recordings/healthy.ts';
import { hostile } from './recordings/hostile.ts';
import { incident } from './recordings/incident.ts';
import { killed } from './recordings/killed.ts';
import type { Recording } from './recordings/run.ts';
import { renderRun } from './report.ts';
import type { ReportFile } from './report.ts';

const fresh = async (make: () => Recording): Promise<Map<string, string>> => {
  const { run, observationsOf } = make();
  return new Map((await renderRun(run, observationsOf)).map(({ path, content }: ReportFile) => [path, content]));
};

/** Each recording is rendered once. */
const rendered = new Map<() => Recording, Promise<Map<string, string>>>();
const render = (make: () => Recording): Promise<Map<string, string>> => {
  const known = rendered.get(make) ?? fresh(make);
  rendered.set(make, known);
  return known;
};

/** Not `toContain`: its message would print a page of 300 kB. */
const has = (files: Map<string, string>, path: string, text: string): boolean =>
  files.get(path)?.includes(text) === true;

const brokenLinks = (content: string): string[] => {
  const ids = [...content.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);
  const targets = [...content.matchAll(/href="#([^"]+)"/g)].map(([, target]) => target!);
  return [
    ...targets.filter((target) => !ids.includes(target)).map((target) => `#${target}`),
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `twice: ${id}`),
  ];
};

describe('which files', () => {
  test('one scenario: report.html is its page', async () => {
    expect([...(await render(healthy)).keys()]).toEqual(['report.html', 'summary.md', 'junit.xml']);
  });
  test('several: an index and a page each, linked', async () => {
    const files = await render(failing);
    expect([...files.keys()]).toEqual([
      'report.html',
      'baseline.default.1.html',
      '5x.default.1.html',
      'summary.md',
      'junit.xml',
    ]);
    expect(has(files, 'report.html', 'href="5x.default.1.html"')).toBe(true);
    expect(has(files, '5x.default.1.html', 'href="report.html"')).toBe(true);
  });
  test('variants of a scenario share a page', async () => {
    const files = await render(incident);
    expect([...files.keys()]).toEqual(['report.html', 'summary.md', 'junit.xml']);
    expect(
      ['broken', 'fixed', 'staggered'].filter(
        (variant) => !has(files, 'report.html', `id="${variant}-chart-counts-canvas"`),
      ),
    ).toEqual([]);
  });
  test('a killed run still gives its pages, the pending entry too', async () => {
    const files = await render(killed);
    expect(has(files, 'report.html', 'killed after 23 s')).toBe(true);
    expect(has(files, '2x.default.1.html', 'id="chart-latency-canvas"')).toBe(true);
    expect(has(files, '5x.default.1.html', 'it had not begun')).toBe(true);
  });
  test('a hostile name leads to no other folder', async () => {
    for (const path of (await render(hostile)).keys()) expect(path).toMatch(/^[a-z0-9.-]+$/);
    expect(slug('../../etc/passwd')).toBe('etc-passwd');
    expect(slug('..')).toBe('unnamed');
  });
  test('the same run gives the same bytes', async () => {
    const [first, again] = [await render(failing), await fresh(failing)];
    expect([...first].filter(([path, content]) => content !== again.get(path)).map(([path]) => path)).toEqual([]);
  });
});

describe('what the first screen says', () => {
  test('the failed criterion nearest to the root comes first, with its chart and instant', async () => {
    const page = (await render(failing)).get('5x.default.1.html')!;
    const rows = [...page.matchAll(/<tr class="v-(\w+)[^>]*id="criterion-([\w-]+)"/g)].map(
      ([, verdict, id]) => `${verdict} ${id}`,
    );
    expect(rows.slice(0, 4)).toEqual([
      'fail connection-timeouts',
      'fail api-p95',
      'inconclusive cpu-headroom',
      'warn pool-utilisation',
    ]);
    expect(page.includes('<a href="#chart-app-pool" data-at="262">See it at 4:22 min</a>')).toBe(true);
    expect(page.includes('1,300 of 61,022')).toBe(true);
  });
  test('no link leads nowhere, no id is there twice', async () => {
    const troubles: string[] = [];
    for (const recording of [healthy, failing, killed, incident, duplicates]) {
      for (const [path, content] of await render(recording))
        troubles.push(...brokenLinks(content).map((trouble) => `${path} ${trouble}`));
    }
    expect(troubles).toEqual([]);
    expect(brokenLinks('<a href="#there"></a><b id="here"></b><b id="here"></b>')).toEqual(['#there', 'twice: here']);
  });
  test('a chart that explains an incident is not drawn again among the others', async () => {
    const named = (): Recording => {
      const { run, observationsOf } = incident();
      const scenarios = run.scenarios.map((entry) => ({ ...entry, keyCharts: ['app-pool'] }));
      return { run: { ...run, scenarios }, observationsOf };
    };
    const page = (await render(named)).get('report.html')!;
    expect(page.indexOf('id="chart-app-pool"')).toBeGreaterThan(page.indexOf('id="picture"'));
    expect(page.indexOf('id="chart-app-pool"')).toBeLessThan(page.indexOf('id="variants"'));
    expect(brokenLinks(page)).toEqual([]);
  });
  test('an incident says which half is not as expected', async () => {
    const page = (await render(duplicates)).get('report.html')!;
    expect(page.includes('Not as expected')).toBe(true);
    expect(page.includes('ixed still has 2 schedules')).toBe(true);
  });
});

test('panels of a row share both axes', async () => {
  const page = (await render(duplicates)).get('report.html')!;
  const axes = ['broken', 'fixed'].map((variant) => {
    const svg = page.slice(page.indexOf(`id="${variant}-chart-dispatched-canvas"`)).split('</svg>')[0]!;
    return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
  });
  expect(axes[0]!.length).toBeGreaterThan(5);
  expect(axes[0]).toEqual(axes[1]);
});

test('nothing from data becomes markup', async () => {
  const alive = [...(await render(hostile))].filter(
    ([, content]) => content.includes('<script>document.title') || content.includes('<img src=x'),
  );
  expect(alive.map(([path]) => path)).toEqual([]);
  expect(html`<a title="${'"><b>'}">${['<i>', html`<u>${'&'}</u>`]}</a>`.html).toBe(
    '<a title="&quot;&gt;&lt;b&gt;">&lt;i&gt;<u>&amp;</u></a>',
  );
  expect(escapeText('\u0007')).toBe('\ufffd');
});

test('no page loads anything or allows anything to be loaded', async () => {
  for (const content of (await render(failing)).values()) {
    expect(
      /<(?:link|iframe|object|embed|form|base)\b|src=|url\(|@import| on\w+="| style="/.exec(content)?.[0],
    ).toBeUndefined();
  }
});

describe('figures', () => {
  test('something is never nothing, nearly all never all', () => {
    expect(formatShare(2 / 52_261)).toBe('< 0.01 %');
    expect(formatShare(0)).toBe('0 %');
    expect(formatShare(0.99999)).toBe('> 99.99 %');
    expect(formatValue(0.0038, '%')).toBe('< 0.01 %');
    expect(formatOutOf(criterion('transaction-errors', 0, { count: 52_261, numerator: 2 }))).toBe('2 of 52,261');
  });
  test('margins are a share of what can be had', () => {
    const marginAt = (value: number, comparator: Bound['comparator'], bound: number, unit = '%', best?: number) =>
      formatMargin(roomOf({ value, unit, bounds: [{ severity: 'fail', comparator, value: bound }], best }));
    expect(marginAt(92.4, '<', 200, 'ms')).toBe('+54 %');
    expect(marginAt(1640, '<', 200, 'ms')).toBe('−720 %');
    // Of one percent that may fail, nothing, half, all, and twice as much did.
    expect([100, 99.5, 99, 98].map((value) => marginAt(value, '>=', 99))).toEqual([
      '+100 %',
      '+50 %',
      '+0 %',
      '−100 %',
    ]);
    expect(marginAt(40, '>', 50)).toBe('−20 %');
    expect(marginAt(0, '=', 0)).toBe('–');
    expect(marginAt(1, '<=', 1, '1', 1), 'no more than this can be had').toBe('–');
    expect(marginAt(0, '<=', 0), 'nor than this').toBe('–');
  });
});

test('summary.md', async () => {
  expect((await render(failing)).get('summary.md')).toMatchInlineSnapshot(`
    "## ✘ pgsurge: Fail

    5x failed: 1,300 of 61,022 acquisitions gave up after 5,000 ms, because transactions held all 36 connections of the app pool.

    **Next:** Find who holds a connection while it waits for something else, then run: pgsurge run long-transactions

    | Verdict | Scenario | Grade | As expected | Why |
    | --- | --- | --- | --- | --- |
    | ✔ Pass | baseline | A | yes | every criterion met |
    | ✘ Fail | 5x | E | no | connection-timeouts failed |

    ### 5x

    |  | Criterion | Measured | Bound | Margin | Why |
    | --- | --- | ---: | ---: | ---: | --- |
    | ✘ | Every acquisition gets a connection | 2.13 % | = 0 % | – | 1,300 of 61,022 acquisitions gave up after 5,000 ms: all 36 connections of the app pool were taken, 14 of them idle in a transaction. |
    | ✘ | Interactive requests are quick | 1,640 ms | &lt; 200 ms | −720 % | p95 of interactive requests was 1,640 ms. |
    | ◆ | CPU headroom of every component | – | &gt; 50 % | – | the host was idle for 9 % only, below the 15 % from which a CPU figure counts |
    | ▲ | The app pool keeps a reserve | 100 % | ≤ 80 % | −25 % | 36 of 36 in use for 88 s in a row. |

    Run 2026-11-21T09-30-00Z-matrix · profile nightly · local stack · commit 74b45d1e0f · again: \`pgsurge run matrix --profile nightly --seed 7\`
    "
  `);
});

test('junit.xml', async () => {
  const text = (await render(failing)).get('junit.xml')!;
  expect(text).toContain('<testsuite name="5x.default.1" tests="16" failures="3" skipped="3" time="600.000">');
  expect(text).toContain('<failure message="2.13 %, bound = 0 %: 1,300 of 61,022 acquisitions gave up');
  const herd = (await render(incident)).get('junit.xml');
  expect(herd).toContain('<testcase classname="thundering-herd.broken.1" name="symptom timeouts"/>');
  expect(herd, 'a fix is not asked for the symptoms').not.toContain(
    'classname="thundering-herd.fixed.1" name="symptom',
  );
});
