/** What the page carries for its script (charts/payload.ts), and what the script makes of it. */

export interface Series {
  title: string;
  colour: string;
  dash: string | null;
  /** One per step; null where nothing was seen. */
  values: (number | null)[];
}

export interface Chart {
  id: string;
  /** Seconds between two values. */
  step: number;
  seconds: number;
  bottom: number;
  top: number;
  log: boolean;
  unit: string;
  stack: Series[];
  lines: Series[];
  limits: { value: number; kind: string }[];
  spans: { from: number; until: number; fill: string; opacity: number }[];
}

export interface PageData {
  charts: Chart[];
  run: object;
}

/** Where the plot lies within its picture, in the picture's own units. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** A chart on the page, with the shapes that the script laid over its picture. */
export interface LiveChart extends Chart {
  canvas: HTMLElement;
  box: Box;
  overlay: SVGSVGElement;
  /** Covers the picture with the zoomed one; empty while the whole is shown. */
  sheet: SVGGElement;
  cross: SVGLineElement;
  selection: SVGRectElement;
  /** Beside each name of the legend, in the legend's order. */
  outputs: HTMLOutputElement[];
  /** The series in the legend's order. */
  ordered: Series[];
}
