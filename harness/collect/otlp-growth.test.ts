import { expect, test } from 'vitest';
import { recorder } from './fixtures/recorder.ts';
import { mostCumulative, openGrowth } from './otlp-growth.ts';
import { startOtlpReceiver } from './otlp.ts';

const grown = (earlier: number, later: number): number => later - earlier;
const startNano = (): number => (Date.now() + 60_000) * 1e6;

test('a series that found no place counts for nothing, rather than again and again for all that it counted', () => {
  const growth = openGrowth();
  const start = startNano();
  for (let id = 0; id < mostCumulative; id += 1) growth.since(`known ${id}`, start, 1, grown);
  expect(growth.refused).toBe(0);
  expect([growth.since('late', start, 100, grown), growth.since('late', start, 101, grown)]).toEqual([null, null]);
  expect(growth.added('late steps', 5)).toBeNull();
  expect(growth.refused).toBe(3);
  expect(growth.since('known 7', start, 4, grown)).toBe(3);
});

test('more counters than can be followed are a loss of the source, and stay one', async () => {
  const seen = recorder();
  await using receiver = await startOtlpReceiver(seen.sink);
  const nano = `${startNano()}`;
  const counting = (count: number): string =>
    JSON.stringify({
      resourceMetrics: [
        {
          scopeMetrics: [
            {
              metrics: [
                {
                  name: 'done',
                  sum: {
                    aggregationTemporality: 2,
                    isMonotonic: true,
                    dataPoints: Array.from({ length: count }, (_, id) => ({
                      startTimeUnixNano: nano,
                      asInt: '1',
                      attributes: [{ key: 'request', value: { stringValue: `r${id}` } }],
                    })),
                  },
                },
              ],
            },
          ],
        },
      ],
    });
  for (const count of [mostCumulative + 5, 1])
    await fetch(`${receiver.url}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: counting(count),
    });
  expect(seen.lastWord('otlp')).toMatchObject({ ok: false, reason: expect.stringMatching(/20,000 .* 5 points/) });
});
