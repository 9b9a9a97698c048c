import { parse, View } from 'vega';
import { compile } from 'vega-lite';
import type { TopLevelSpec } from 'vega-lite';

/**
 * What Vega-Lite draws, as the inside of an SVG element: compiled and rendered without a browser. Left out is what says
 * nothing on our page: Vega's own roles (the page gives the name), its fixed size.
 */
export const svgContentOf = async (spec: object): Promise<string> => {
  const view = new View(parse(compile(spec as TopLevelSpec).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return svg
    .replace(/^<svg[^>]*>/, '')
    .replace(/<\/svg>$/, '')
    .replace(/ (?:role|aria-[a-z]+|pointer-events|xmlns:xlink)="[^"]*"/g, '');
};

/** The picture without what the page's style says already, its coordinates rounded to a tenth. */
export const tidyContentOf = async (spec: object): Promise<string> =>
  (await svgContentOf(spec))
    .replace(/<path class="(?:background|foreground)"[^>]*\/>/g, '')
    .replace(/ (?:d|transform)="[^"]*"/g, (attribute) => attribute.replace(/(\d+\.\d)\d+/g, '$1'))
    .replaceAll(' font-family="inherit"', '')
    .replaceAll(' opacity="1"', '');
