/** Phases, faults and steps over the charts' own x axis. */
import { escapeText, trusted } from '../html.ts';
import type { Html } from '../html.ts';
import { plotSize, wide } from './geometry.ts';
import type { Span, Spans } from './spans.ts';

/** A wider letter of the strip, in the picture's units. */
const letterWidth = 6.6;

/** The spans that lie within the picture, cut to its ends. */
const clipped = (spans: readonly Span[], seconds: number): Span[] =>
  spans
    .filter(({ from, until }) => from < seconds && (from >= 0 || until > 0))
    .map((span) => ({ ...span, until: Math.min(span.until, seconds) }));

const xOf = (at: number, seconds: number): string =>
  (wide.left + (Math.max(0, at) / seconds) * plotSize(wide).width).toFixed(1);

const widthOf = ({ from, until }: Span, seconds: number): number => ((until - from) / seconds) * plotSize(wide).width;

const phaseShape = (span: Span, seconds: number): string => {
  const { from, until, title, kind } = span;
  const width = widthOf(span, seconds);
  const box = `x="${xOf(from, seconds)}" y="1" width="${Math.max(0, width).toFixed(1)}" height="20"`;
  const rectangle = `<rect class="phase p-${kind}" ${box}/>`;
  if (width <= title.length * letterWidth) return rectangle;
  const middle = xOf((from + until) / 2, seconds);
  return `${rectangle}<text x="${middle}" y="15" class="name">${escapeText(title)}</text>`;
};

const faultShape = (span: Span, seconds: number): string => {
  const width = Math.max(2, widthOf(span, seconds)).toFixed(1);
  return `<rect class="fault" x="${xOf(span.from, seconds)}" y="24" width="${width}" height="5" rx="2"/>`;
};

const stepShape = ({ from, kind }: Span, seconds: number): string =>
  `<path class="step s-${kind}" d="M${xOf(from, seconds)} 23l4 7h-8z"/>`;

export const phaseStrip = ({ phases, faults, steps }: Spans, seconds: number): Html => {
  const shapes = [
    ...clipped(phases, seconds).map((span) => phaseShape(span, seconds)),
    ...clipped(faults, seconds).map((span) => faultShape(span, seconds)),
    ...steps.filter(({ from }) => from >= 0 && from <= seconds).map((span) => stepShape(span, seconds)),
  ];
  return trusted(
    `<svg class="track" viewBox="0 0 ${wide.width} 32" aria-hidden="true" focusable="false">${shapes.join('')}</svg>`,
  );
};
