/** In the SVG's own units; all charts of a page share it, so that instants line up. */
export interface Geometry {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export const wide: Geometry = { width: 1040, height: 178, left: 48, right: 14, top: 12, bottom: 22 };
export const narrow: Geometry = { width: 520, height: 168, left: 44, right: 10, top: 12, bottom: 22 };

/** The part of the picture within the axes. */
export const plotSize = ({ width, height, left, right, top, bottom }: Geometry): { width: number; height: number } => ({
  width: width - left - right,
  height: height - top - bottom,
});
