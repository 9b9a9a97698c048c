import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareReleases, compareRuns } from '../compare.ts';
import { history } from '../history.ts';
import { comparisonMarkdown, historyMarkdown } from '../markdown.ts';
import { interleavedRun, madeCriterion, madeEntry, madeRollUp, madeRun, saved } from '../recordings/runs.ts';
import { comparePage } from './compare-page.ts';
import { historyPage } from './history-page.ts';
import { axe, chromiumFor } from '../../report/fixtures/chromium.ts';
import { normalFrom, randomFrom } from '../../measure/statistics/random.ts';

const executable = chromiumFor('compare pages');
let browser: Browser;
let folder = '';
// PGSURGE_PAGES=DIR keeps pages and pictures, to be looked at.
const keep = process.env.PGSURGE_PAGES;
beforeAll(async () => {
  if (executable === undefined) return;
  folder = keep ?? mkdtempSync(path.join(os.tmpdir(), 'pgsurge-pages-'));
  mkdirSync(folder, { recursive: true });
  browser = await chromium.launch({ executablePath: executable!, args: ['--no-sandbox'] });
}, 60_000);
afterAll(async () => {
  if (executable === undefined) return;
  await browser.close();
  if (keep === undefined) rmSync(folder, { recursive: true, force: true });
});

interface Opened {
  page: Page;
  requests: string[];
  errors: string[];
  dialogs: string[];
}

const open = async (name: string, content: string, javaScriptEnabled = true): Promise<Opened> => {
  const file = path.join(folder, `${name}.html`);
  writeFileSync(file, content);
  const page = await browser.newPage({ javaScriptEnabled, viewport: { width: 1280, height: 900 } });
  const opened: Opened = { page, requests: [], errors: [], dialogs: [] };
  page.on('request', (request) => {
    if (!request.url().startsWith('file:') && !request.url().startsWith('data:')) opened.requests.push(request.url());
  });
  page.on('pageerror', (error) => opened.errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') opened.errors.push(message.text());
  });
  page.on('dialog', (dialog) => {
    opened.dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await page.goto(`file://${file}`);
  if (keep !== undefined) await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
  return opened;
};

const hostile =
  '"><script>window.pwned=1;alert(1)</script><img src=x onerror="window.pwned=2">{{7*7}}</title><svg onload=alert(2)>';

const hostileRun = (id: string, figure: number): ReturnType<typeof saved> => {
  const entry = madeEntry({
    name: hostile,
    variant: hostile,
    entry: hostile,
    settings: { [hostile]: `${hostile}${figure}` },
    figures: { apiMsP95: figure, [hostile]: figure },
    criteria: [
      {
        ...madeCriterion('api-p95', figure > 150 ? 'fail' : 'pass', figure),
        title: hostile,
        reason: hostile,
        unit: hostile,
      },
    ],
  });
  return saved(
    madeRun({
      id: `${id}${hostile}`,
      name: hostile,
      label: `${id}${hostile}`,
      scenarios: [entry],
      git: { commit: hostile, dirty: false },
      startedAt: `2026-11-0${id}T02:00:00Z`,
    }),
    { [hostile]: madeRollUp(figure, 1) },
  );
};

const level = (count: number, value: number): number[] => new Array<number>(count).fill(value);

const nightlies = (): ReturnType<typeof saved>[] => {
  const normal = normalFrom(randomFrom(2));
  return [...level(22, 92), ...level(20, 78), ...level(3, 104)].map((latency, night) =>
    saved(
      madeRun({
        id: `night-${night}`,
        startedAt: new Date(Date.UTC(2026, 8, 1 + night, 2)).toISOString(),
        ...(night % 15 === 7 ? { label: `v1.${night}` } : {}),
        scenarios: [
          madeEntry({
            figures: {
              apiMsP95: latency * (1 + 0.03 * normal()),
              queriesPerJob: 40 + 0.2 * normal(),
              connectionSecondsPerJob: 0.31 * (1 + 0.02 * normal()),
            },
          }),
        ],
      }),
    ),
  );
};

describe.skipIf(executable === undefined)('compare page', () => {
  it('shows verdict, sentence, figures and charts; opens offline without an error', async () => {
    const failing = madeEntry({
      criteria: [madeCriterion('lost-data', 'pass', 0), madeCriterion('api-p95', 'fail', 260)],
      figures: { apiMsP95: 260, queriesPerJob: 40 },
      asExpected: false,
      settings: { poolMax: 9, workers: 30 },
    });
    const comparison = compareRuns(
      saved(madeRun(), { '5x.fixed.1': madeRollUp(92, 1) }, 'v1.4'),
      saved(
        madeRun({ id: 'later', verdict: 'fail', scenarios: [failing] }),
        { '5x.fixed.1': madeRollUp(240, 2) },
        'v1.5',
      ),
    );
    const { page, requests, errors } = await open('compare-saved', await comparePage(comparison));
    expect(await page.locator('.verdict-word').first().innerText()).toContain('Regression');
    expect(await page.locator('#criteria').innerText()).toContain('Interactive requests stay fast');
    expect(await page.locator('#charts svg.plot').count()).toBe(1);
    expect(await page.locator('#differences').innerText()).toContain('poolMax');
    expect(await page.locator('#figures').innerText()).toMatch(/never gate/);
    expect({ requests, errors }).toEqual({ requests: [], errors: [] });
    await page.close();
  });

  it('shows what two interleaved releases would have shown, without scripts too', async () => {
    const comparison = compareReleases(saved(interleavedRun({ repeats: 10, cv: 0.03, change: { queryMsP95: 2.1 } })));
    const { page } = await open('compare-interleaved', await comparePage(comparison), false);
    expect(await page.locator('#figures').innerText()).toMatch(/query latency p95[\s\S]*regression/);
    expect(await page.locator('#figures').innerText()).toContain('Would have found');
    await page.close();
  });

  it('marks a forced comparison of unlike runs', async () => {
    const comparison = compareRuns(saved(madeRun()), saved(madeRun({ profile: { name: 'smoke', timeScale: 900 } })), {
      force: true,
    });
    const { page } = await open('compare-forced', await comparePage(comparison));
    expect(await page.locator('.banner.v-warn').innerText()).toMatch(/not alike[\s\S]*the profile was nightly/);
    await page.close();
  });
});

describe.skipIf(executable === undefined)('history page', () => {
  it('draws trends, names the first run after each change, and says what is news', async () => {
    const found = history(nightlies());
    const { page, requests, errors } = await open('history', await historyPage(found));
    expect(await page.locator('.sentence').innerText()).toMatch(
      /^Worse: 5x \(fixed\): interactive latency p95 \+\d\d % since night-42\.$/,
    );
    expect(await page.locator('#changes tbody tr').count()).toBe(2);
    expect(await page.locator('#trends svg.plot').count()).toBe(3);
    expect(await page.locator('#trends').innerText()).toContain('own noise');
    expect(await page.locator('#trends svg').first().innerHTML()).toContain('v1.7');
    expect({ requests, errors }).toEqual({ requests: [], errors: [] });
    await page.close();
  });

  it('says what the sentence does not cover, and which changes only inform', async () => {
    const smoke = saved(
      madeRun({ id: 'by-hand', startedAt: '2026-12-01T00:00:00Z', profile: { name: 'smoke', timeScale: 900 } }),
    );
    const { page } = await open('history-odd', await historyPage(history([...nightlies(), smoke])));
    expect(await page.locator('main').innerText()).toMatch(
      /5x \(fixed\): the newest run, by-hand, is not like the others: the profile was [\s\S]*among the 45 of 46 runs/,
    );
    expect(await page.locator('#changes tbody tr').first().innerText()).toMatch(/new, gates/);
    await page.close();
  });

  it('names what grows with every run and draws its slope, and says what was looked at where nothing does', async () => {
    const grown = nightlies().map((one, night) => {
      const [entry] = one.run.scenarios;
      const figures = { queriesPerJob: 40, schedulesHeld: 12 + 2 * Math.max(0, night - 35), deadRowsHeld: 500 };
      return { ...one, run: { ...one.run, scenarios: [{ ...entry!, figures }] } };
    });
    const { page, errors } = await open('history-growing', await historyPage(history(grown)));
    expect(await page.locator('.verdict-word').first().innerText()).toContain('Something grows');
    expect(await page.locator('.sentence').innerText()).toMatch(
      /^Grows from run to run: 5x \(fixed\): schedules 12 → 30/,
    );
    expect(await page.locator('#growing tbody tr').innerText()).toMatch(
      /schedules\s+12 → 30\s+\+2\s+9 runs\s+night-35/,
    );
    expect(await page.locator('#trends h3').first().innerText()).toContain('schedules');
    expect(await page.locator('#trends desc').first().innerHTML()).toContain('grows 12 → 30 over 9 runs');
    expect(errors).toEqual([]);
    await page.close();
    const quiet = await open('history-quiet', await historyPage(history(grown.slice(0, 30))));
    expect(await quiet.page.locator('#growing').innerText()).toContain('Nothing, in 2 trends of what should stay');
    await quiet.page.close();
    const few = await open('history-few', await historyPage(history(grown.slice(0, 5))));
    expect(await few.page.locator('#growing').innerText()).toContain('Not known: 2 trends of what should stay');
    await few.page.close();
  });

  it('says so when there is nothing', async () => {
    const { page, errors } = await open('history-empty', await historyPage(history([])));
    expect(await page.locator('main').innerText()).toContain('0 runs');
    expect(errors).toEqual([]);
    await page.close();
  });
});

describe.skipIf(executable === undefined)('accessibility', () => {
  const pages = async (): Promise<Record<string, string>> => ({
    'axe-interleaved': await comparePage(
      compareReleases(saved(interleavedRun({ repeats: 10, cv: 0.03, change: { queryMsP95: 2.1 } }))),
    ),
    'axe-saved': await comparePage(
      compareRuns(
        saved(madeRun(), { '5x.fixed.1': madeRollUp(92, 1) }, 'v1.4'),
        saved(madeRun(), { '5x.fixed.1': madeRollUp(99, 2) }, 'v1.5'),
      ),
    ),
    'axe-history': await historyPage(history(nightlies())),
  });

  it.each(['light', 'dark'] as const)('axe finds no violation, %s', { tags: 'full' }, async (colorScheme) => {
    for (const [name, content] of Object.entries(await pages())) {
      const { page } = await open(`${name}-${colorScheme}`, content);
      await page.emulateMedia({ colorScheme });
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() =>
        (
          globalThis as unknown as {
            axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
          }
        ).axe.run(),
      );
      expect(violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes[0]?.html.slice(0, 160)}`)).toEqual([]);
      await page.close();
    }
  });
});

describe.skipIf(executable === undefined)('hostile labels, scenario names, settings and reasons', () => {
  it('are text on both pages', async () => {
    const [base, head] = [hostileRun('1', 90), hostileRun('2', 260)];
    const pages = {
      'hostile-compare': await comparePage(compareRuns(base, head)),
      'hostile-history': await historyPage(history([base, head])),
    };
    for (const [name, content] of Object.entries(pages)) {
      const { page, requests, errors, dialogs } = await open(name, content);
      expect(await page.evaluate(() => (globalThis as { pwned?: number }).pwned)).toBeUndefined();
      expect(await page.locator('img').count()).toBe(0);
      expect(await page.locator('main').innerText()).toContain('<script>window.pwned=1');
      expect({ requests, errors, dialogs }).toEqual({ requests: [], errors: [], dialogs: [] });
      await page.close();
    }
  });

  it('are text in Markdown', () => {
    const [base, head] = [hostileRun('1', 90), hostileRun('2', 260)];
    for (const text of [comparisonMarkdown(compareRuns(base, head)), historyMarkdown(history([base, head]))]) {
      expect(text.replaceAll(/<\/?(details|summary)>/g, '')).not.toMatch(/<[a-z/]/i);
    }
  });
});
