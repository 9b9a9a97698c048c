import { expect, test } from 'vitest';
import { recorder } from './fixtures/recorder.ts';
import { startOtlpReceiver } from './otlp.ts';

const exportOf = (atMs: number, points: number): string => {
  const point = { timeUnixNano: `${atMs}000000`, asDouble: 1, attributes: [] };
  const dataPoints = Array.from({ length: points }, () => point);
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'k6' } }] };
  const metrics = [{ name: 'http_reqs', sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints } }];
  return JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] });
};

test('an export of thousands of points may have met a flush half done; the small one after it has not', async () => {
  await using receiver = await startOtlpReceiver(recorder().sink);
  const upToMs = async (atMs: number, points: number): Promise<number> => {
    const headers = { 'content-type': 'application/json' };
    const body = exportOf(atMs, points);
    expect((await fetch(`${receiver.url}/v1/metrics`, { method: 'POST', headers, body })).status).toBe(200);
    return receiver.k6ExportedUpToMs();
  };
  const atMs = Date.now();
  expect(await upToMs(atMs, 6000)).toBeCloseTo(atMs - 600, 0);
  expect(await upToMs(atMs + 1000, 10)).toBeCloseTo(atMs + 999, 0);
});
