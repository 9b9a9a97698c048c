/** Every percentile at once: from left to right ever rarer, each mark a tenth of what is left; upwards ever slower. */
import { formatCount, formatNumber } from '../../measure/numbers-in-words.ts';
import { escapeText, html, trusted } from '../html.ts';
import type { Html } from '../html.ts';
import { wide } from './svg.ts';

export interface Spectrum {
  title: string;
  colour: string;
  dash: string | null;
  count: number;
  /** In ms, at a share 0..1. */ valueAt(share: number): number;
}

/** How rare: 0 at the lowest, 1 at p90, 2 at p99. */
const rarityOf = (share: number): number => -Math.log10(1 - share);
const marks = [0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999];
const points = 80;

interface Scale {
  rarest: number;
  bottom: number;
  top: number;
  x(rarity: number): number;
  y(ms: number): number;
}

const scaleFor = (rarest: number, lowest: number, highest: number): Scale => {
  const { left, right, top: above, bottom: below, width, height } = wide;
  const bottom = 10 ** Math.floor(Math.log10(Math.max(0.1, lowest)));
  const top = Math.max(bottom * 10, highest * 1.1);
  const decades = Math.log10(top / bottom);
  return {
    rarest,
    bottom,
    top,
    x: (rarity) => left + (rarity / rarest) * (width - left - right),
    y: (ms) => height - below - (Math.log10(Math.max(bottom, ms) / bottom) / decades) * (height - above - below),
  };
};

const text = (x: number, y: number, anchor: string, content: string): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" font-size="11" fill="var(--ink-soft)">${escapeText(content)}</text>`;
const rule = (path: string): string => `<path d="${path}" stroke="var(--rule-soft)" fill="none"/>`;

const axes = ({ rarest, bottom, top, x, y }: Scale): string => {
  const { left, right, top: above, bottom: below, width, height } = wide;
  const decades = Array.from(
    { length: Math.floor(Math.log10(top / bottom) + 1e-9) + 1 },
    (_, power) => bottom * 10 ** power,
  );
  return [
    ...decades.map(
      (value) =>
        rule(`M${left} ${y(value).toFixed(1)}H${width - right}`) +
        text(left - 6, y(value) + 4, 'end', formatNumber(value)),
    ),
    ...marks
      .filter((share) => rarityOf(share) <= rarest)
      .map(
        (share) =>
          rule(`M${x(rarityOf(share)).toFixed(1)} ${above}V${height - below}`) +
          text(
            x(rarityOf(share)),
            height - below + 15,
            share === 0 ? 'start' : 'middle',
            share === 0 ? 'fastest' : `p${Number((share * 100).toPrecision(6))}`,
          ),
      ),
  ].join('');
};

const lineOf = (
  { title, colour, dash, count, valueAt }: Spectrum,
  { x, y }: Scale,
): { path: string; label: string } => {
  const rarest = Math.log10(count);
  const rarities = Array.from({ length: points + 1 }, (_, index) => (rarest * index) / points);
  const values = rarities.map((rarity) => valueAt(1 - 10 ** -rarity));
  const path = rarities
    .map((rarity, index) => `${index === 0 ? 'M' : 'L'}${x(rarity).toFixed(1)} ${y(values[index]!).toFixed(1)}`)
    .join('');
  return {
    path: `<path d="${path}" fill="none" stroke="var(--${colour})" stroke-width="1.8" stroke-linejoin="round"${dash === null ? '' : ` stroke-dasharray="${dash}"`}/>`,
    label: `${title}, ${formatCount(count)}: from ${formatNumber(values[0]!)} to ${formatNumber(values.at(-1)!)} ms`,
  };
};

/** Null where nothing was seen often enough. */
export const spectrumOf = (list: readonly Spectrum[]): Html | null => {
  if (list.length === 0) return null;
  const ends = list.flatMap(({ valueAt }) => [valueAt(0), valueAt(1)]);
  const scale = scaleFor(Math.log10(Math.max(...list.map(({ count }) => count))), Math.min(...ends), Math.max(...ends));
  const lines = list.map((one) => lineOf(one, scale));
  const svg = `<svg class="plot" viewBox="0 0 ${wide.width} ${wide.height}" role="img" aria-label="${escapeText(`Percentile spectrum, in ms. ${lines.map(({ label }) => label).join('; ')}. The table below has the percentiles.`)}">${axes(scale)}${lines.map(({ path }) => path).join('')}</svg>`;
  return html`<div class="chart spectrum"><header><p class="reads">Percentile spectrum in milliseconds: each mark to the right leaves a tenth of what the one before it left, each step up is ten times slower.</p>
<ul class="legend">${list.map(({ title, colour, dash }) => html`<li><span class="swatch line c-${colour}${dash === null ? '' : ' dashed'}"></span>${title}</li>`)}</ul></header><div class="scroll" tabindex="0" role="group" aria-label="Percentile spectrum">${trusted(svg)}</div></div>`;
};
