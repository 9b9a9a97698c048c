/** The pages in a real Chromium. Skipped, loudly, where there is none. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axe, chromiumFor } from './fixtures/chromium.ts';
import { duplicates } from './recordings/duplicates.ts';
import { failing } from './recordings/failing.ts';
import { healthy } from './recordings/healthy.ts';
import { hostile } from './recordings/hostile.ts';
import { incident } from './recordings/incident.ts';
import { killed } from './recordings/killed.ts';
import { runResult } from '../result.ts';
import { renderRun } from './report.ts';

const executable = chromiumFor('report pages');
const recordings = { healthy, failing, killed, hostile, incident, duplicates };
const budgets = {
  service: { cores: 0.8, memoryBytes: 2 ** 29 },
  pooler: { cores: 0.2, memoryBytes: 2 ** 26 },
  database: { cores: 0.6, memoryBytes: 2 ** 30 },
};
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const pages = [
  ['healthy', 'report.html'],
  ['failing', 'report.html'],
  ['failing', '5x.default.1.html'],
  ['killed', '2x.default.1.html'],
  ['hostile', 'report.html'],
  ['incident', 'report.html'],
  ['duplicates', 'report.html'],
] as const;

let folder: string;
let browser: Browser;

interface Visit {
  page: Page;
  troubles: string[];
}

/** Runs `look` on a page with everything it complained of or asked the network for. */
const visit = async (
  file: string,
  options: BrowserContextOptions,
  look: (visit: Visit) => Promise<void>,
): Promise<void> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('dialog', (dialog) => {
    troubles.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) troubles.push(`asked for ${request.url()}`);
  });
  await page.goto(pathToFileURL(path.join(folder, file)).href);
  await look({ page, troubles });
  await context.close();
};

const lively = (page: Page) => page.waitForSelector('html.js', { timeout: 10_000 });

describe.skipIf(executable === undefined)('in Chromium', () => {
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-report-'));
    for (const [name, make] of Object.entries(recordings)) {
      const { run, observationsOf } = make();
      mkdirSync(path.join(folder, name));
      for (const { path: file, content } of await renderRun(run, observationsOf, { budgets, gradeRule: 'A: all met.' }))
        writeFileSync(path.join(folder, name, file), content);
    }
    browser = await chromium.launch({ executablePath: executable!, args: flags });
  });
  afterAll(async () => {
    await browser?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  describe.each(pages)('%s/%s', (name, file) => {
    const tags = name === 'healthy' ? [] : 'full';
    test.each(['light', 'dark'] as const)('axe finds no violation, %s', { tags }, async (colorScheme) => {
      await visit(`${name}/${file}`, { colorScheme }, async ({ page }) => {
        if (name !== 'failing' || file !== 'report.html') await lively(page);
        await page.locator('details').evaluateAll((all) => {
          for (const details of all) details.setAttribute('open', '');
        });
        // Through the debugger, which the page's own policy does not bind.
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() =>
          (
            globalThis as unknown as {
              axe: {
                run(
                  options: object,
                ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
              };
            }
          ).axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }),
        );
        expect(
          violations.map(
            ({ id, nodes }) =>
              `${id}: ${nodes
                .slice(0, 3)
                .map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary}`)
                .join(' | ')}`,
          ),
        ).toEqual([]);
      });
    });

    test('complains of nothing, asks for nothing, and is small', async () => {
      expect(readFileSync(path.join(folder, name, file)).byteLength).toBeLessThan(1_200_000);
      await visit(`${name}/${file}`, {}, async ({ page, troubles }) => {
        await page.waitForTimeout(200);
        expect(troubles).toEqual([]);
        expect(await page.title()).not.toBe('owned');
      });
    });

    test.each([1280, 390])('does not scroll sideways at %i', async (width) => {
      await visit(`${name}/${file}`, { viewport: { width, height: 800 } }, async ({ page }) => {
        expect(await page.locator('html').evaluate((root) => root.scrollWidth)).toBeLessThanOrEqual(width);
      });
    });
  });

  test('whole without scripts', async () => {
    await visit('failing/5x.default.1.html', { javaScriptEnabled: false }, async ({ page }) => {
      expect(await page.locator('svg.plot').count()).toBeGreaterThan(10);
      expect(await page.locator('svg.plot').first().boundingBox()).toMatchObject({
        width: expect.toSatisfy((width: number) => width > 800),
      });
      expect(await page.locator('h1').innerText()).toContain('Fail');
      expect(await page.locator('.scripted').first().isVisible()).toBe(false);
    });
  });

  test('values under the pointer, in all charts at the same instant', async () => {
    await visit('failing/5x.default.1.html', {}, async ({ page }) => {
      await lively(page);
      const canvas = page.locator('#chart-app-pool-canvas');
      await canvas.scrollIntoViewIfNeeded();
      const box = (await canvas.boundingBox())!;
      // 300 s of 600 lie in the middle of the plot (48 to 1026 of 1040 units).
      await page.mouse.move(box.x + (box.width * 537) / 1040, box.y + 60);
      expect(await page.locator('.tip b').innerText()).toMatch(/^(4:59|5:0\d) min$/);
      expect(Number(await page.locator('#chart-app-pool .legend output').first().innerText())).toBeGreaterThan(30);
      expect(await page.locator('#chart-latency .legend output').first().innerText()).not.toBe('');
    });
  });

  test('drag zooms all charts, Escape and the button show all again', async () => {
    await visit('failing/5x.default.1.html', {}, async ({ page }) => {
      await lively(page);
      const canvas = page.locator('#chart-latency-canvas');
      await canvas.scrollIntoViewIfNeeded();
      const box = (await canvas.boundingBox())!;
      await page.mouse.move(box.x + box.width * 0.4, box.y + 60);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 3 });
      await page.mouse.up();
      expect(await page.locator('.overlay g path').count()).toBeGreaterThan(20);
      await page.getByRole('button', { name: 'Show all of it' }).click();
      expect(await page.locator('.overlay g path').count()).toBe(0);
    });
  });

  test('the series leave as CSV', async () => {
    await visit('failing/5x.default.1.html', {}, async ({ page }) => {
      await lively(page);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Save the series' }).click(),
      ]);
      const text = readFileSync(await download.path(), 'utf8');
      expect(text.split('\n')[0]).toBe('chart,series,unit,second,value');
      expect(text).toMatch(/^"chart-latency","p95","ms",300\.5,\d+/m);
    });
  });

  test('the data of the page leave as JSON: what was judged, and the series', async () => {
    await visit('failing/5x.default.1.html', {}, async ({ page }) => {
      await lively(page);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'data as JSON' }).click(),
      ]);
      const { run, charts } = JSON.parse(readFileSync(await download.path(), 'utf8')) as {
        run: unknown;
        charts: { id: string }[];
      };
      expect(runResult.parse(run)).toMatchObject({
        name: 'matrix',
        scenarios: [{ entry: '5x.default.1', verdict: 'fail' }],
      });
      expect(charts.map(({ id }) => id)).toContain('chart-pooler-waits');
    });
  });

  test('all by keyboard: skip link, charts, values spoken', async () => {
    await visit('failing/5x.default.1.html', {}, async ({ page }) => {
      await lively(page);
      await page.keyboard.press('Tab');
      expect(await page.locator(':focus').innerText()).toBe('Skip to the verdict');
      expect(await page.locator('.skip').evaluate((link) => link.getBoundingClientRect().left)).toBeGreaterThanOrEqual(
        0,
      );
      await page.locator('#chart-latency-canvas').focus();
      await page.keyboard.press('ArrowRight');
      expect(await page.locator('[aria-live=polite]').innerText()).toMatch(
        /^\d.*: p50 [\d,.]+, p95 [\d,.]+, p99 [\d,.]+$/,
      );
      await page.keyboard.press('+');
      expect(await page.getByRole('button', { name: 'Show all of it' }).isVisible()).toBe(true);
      await page.keyboard.press('Escape');
      expect(await page.getByRole('button', { name: 'Show all of it' }).isVisible()).toBe(false);
    });
  });
});
