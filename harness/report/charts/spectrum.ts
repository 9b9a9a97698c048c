/** Every percentile at once: from left to right ever rarer, each mark a tenth of what is left; upwards ever slower. */
import { formatCount, formatNumber } from '../../measure/numbers-in-words.ts';
import { escapeText, html, trusted } from '../html.ts';
import type { Html } from '../html.ts';
import { plotSize, wide } from './geometry.ts';
import { lineSwatch } from './legend.ts';

export interface Spectrum {
  title: string;
  colour: string;
  dash: string | null;
  count: number;
  /** The value in ms below which that share (0..1) of all lies. */
  valueAt(share: number): number;
}

/** How rare: 0 at the lowest, 1 at p90, 2 at p99. */
const rarityOf = (share: number): number => -Math.log10(1 - share);

const marks = [0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999];
const points = 80;
const frame = { right: wide.width - wide.right, foot: wide.height - wide.bottom };

interface Scale {
  rarest: number;
  bottom: number;
  top: number;
  x(rarity: number): number;
  y(ms: number): number;
}

const scaleFor = (rarest: number, lowest: number, highest: number): Scale => {
  const { width, height } = plotSize(wide);
  const bottom = 10 ** Math.floor(Math.log10(Math.max(0.1, lowest)));
  const top = Math.max(bottom * 10, highest * 1.1);
  const decades = Math.log10(top / bottom);
  return {
    rarest,
    bottom,
    top,
    x: (rarity) => wide.left + (rarity / rarest) * width,
    y: (ms) => frame.foot - (Math.log10(Math.max(bottom, ms) / bottom) / decades) * height,
  };
};

const label = (x: number, y: number, anchor: string, content: string): string => {
  const place = `x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}"`;
  return `<text ${place} font-size="11" fill="var(--ink-soft)">${escapeText(content)}</text>`;
};

const rule = (path: string): string => `<path d="${path}" stroke="var(--rule-soft)" fill="none"/>`;

const decadeMark = (ms: number, { y }: Scale): string =>
  rule(`M${wide.left} ${y(ms).toFixed(1)}H${frame.right}`) + label(wide.left - 6, y(ms) + 4, 'end', formatNumber(ms));

const percentileMark = (share: number, { x }: Scale): string => {
  const at = x(rarityOf(share));
  const line = rule(`M${at.toFixed(1)} ${wide.top}V${frame.foot}`);
  if (share === 0) return line + label(at, frame.foot + 15, 'start', 'fastest');
  return line + label(at, frame.foot + 15, 'middle', `p${Number((share * 100).toPrecision(6))}`);
};

const axes = (scale: Scale): string => {
  const { rarest, bottom, top } = scale;
  const decades = Math.floor(Math.log10(top / bottom) + 1e-9) + 1;
  const values = Array.from({ length: decades }, (_, power) => bottom * 10 ** power);
  const shares = marks.filter((share) => rarityOf(share) <= rarest);
  return [...values.map((ms) => decadeMark(ms, scale)), ...shares.map((share) => percentileMark(share, scale))].join(
    '',
  );
};

interface Curve {
  path: string;
  words: string;
}

const curveOf = ({ title, colour, dash, count, valueAt }: Spectrum, { x, y }: Scale): Curve => {
  const rarest = Math.log10(count);
  const rarities = Array.from({ length: points + 1 }, (_, index) => (rarest * index) / points);
  const values = rarities.map((rarity) => valueAt(1 - 10 ** -rarity));
  const places = rarities.map((rarity, index) => `${x(rarity).toFixed(1)} ${y(values[index]!).toFixed(1)}`);
  const stroke = `stroke="var(--${colour})" stroke-width="1.8" stroke-linejoin="round"`;
  const dashes = dash === null ? '' : ` stroke-dasharray="${dash}"`;
  return {
    path: `<path d="M${places.join('L')}" fill="none" ${stroke}${dashes}/>`,
    words: `${title}, ${formatCount(count)}: from ${formatNumber(values[0]!)} to ${formatNumber(values.at(-1)!)} ms`,
  };
};

const scaleOf = (list: readonly Spectrum[]): Scale => {
  const ends = list.flatMap(({ valueAt }) => [valueAt(0), valueAt(1)]);
  const rarest = Math.log10(Math.max(...list.map(({ count }) => count)));
  return scaleFor(rarest, Math.min(...ends), Math.max(...ends));
};

const pictureOf = (list: readonly Spectrum[]): Html => {
  const scale = scaleOf(list);
  const curves = list.map((one) => curveOf(one, scale));
  const said = curves.map(({ words }) => words).join('; ');
  const words = escapeText(`Percentile spectrum, in ms. ${said}. The table below has the percentiles.`);
  return trusted(
    `<svg class="plot" viewBox="0 0 ${wide.width} ${wide.height}" role="img" aria-label="${words}">` +
      `${axes(scale)}${curves.map(({ path }) => path).join('')}</svg>`,
  );
};

const reads =
  'Percentile spectrum in milliseconds: each mark to the right leaves a tenth of what the one before it left, ' +
  'each step up is ten times slower.';

/** Null where nothing was seen often enough. */
export const spectrumOf = (list: readonly Spectrum[]): Html | null => {
  if (list.length === 0) return null;
  const legend = list.map((one) => html`<li>${lineSwatch(one)}${one.title}</li>`);
  return html`<div class="chart spectrum">
<header>
<p class="reads">${reads}</p>
<ul class="legend">${legend}</ul>
</header>
<div class="scroll" tabindex="0" role="group" aria-label="Percentile spectrum">${pictureOf(list)}</div>
</div>`;
};
